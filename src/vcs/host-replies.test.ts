import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { isStatus, refusal, refusalText, undefinedWhenMissing, understood } from './host-replies.ts';

const asked = { host: 'Gitea', what: 'GET /user' } as const;
const missing = refusal(asked, { said: 'no such user', status: 404 });

describe('understood', () => {
  it('says which part of a reply is not as the host describes it', () => {
    const schema = z.object({ login: z.string() });
    expect(() => understood(asked, schema, { login: 1 })).toThrow(
      /^asking Gitea \(GET \/user\): login is not as Gitea's: /,
    );
  });
});

describe('refusal', () => {
  it('keeps what the host said beside the message', () => {
    expect(missing).toMatchObject({ code: 'host_refused', message: 'asking Gitea (GET /user): no such user' });
    expect(refusalText(missing)).toBe('no such user');
  });

  it('takes a status of the 500s for a host that is down', () => {
    expect(refusal(asked, { said: 'status 503', status: 503 })).toMatchObject({ code: 'host_unavailable' });
  });

  it('names the status where the host says nothing', () => {
    const mute = refusal(asked, { said: '', status: 502 });
    expect(mute).toMatchObject({ code: 'host_unavailable', message: 'asking Gitea (GET /user): status 502' });
  });

  it('has no status where there was no reply', () => {
    const unanswered = refusal(asked, { said: 'the reply is no HTTP', status: undefined });
    expect(unanswered).toMatchObject({ code: 'host_refused', details: { said: 'the reply is no HTTP' } });
    expect(isStatus(unanswered, 404)).toBe(false);
  });
});

describe('undefinedWhenMissing', () => {
  it('passes on all but a 404', () => {
    expect(undefinedWhenMissing(missing)).toBeUndefined();
    const forbidden = refusal(asked, { said: 'no', status: 403 });
    expect(() => undefinedWhenMissing(forbidden)).toThrow(forbidden);
  });
});
