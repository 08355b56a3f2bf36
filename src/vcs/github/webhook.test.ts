import { createHmac } from 'node:crypto';
import examples from '@octokit/webhooks-examples/api.github.com/index.json' with { type: 'json' };
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { damaged } from '../../../test/support/damaged.ts';
import { scaled } from '../../../test/support/scale.ts';
import type { DeliveryHeaders, DeliveryReading } from '../index.ts';
import { isGithubDelivery, readDelivery } from './webhook.ts';

const secret = 'it is a secret';

type Payload = { readonly action?: string; readonly [key: string]: unknown };

function payloadsOf(name: string): readonly Payload[] {
  const found = (examples as readonly { name: string; examples: readonly unknown[] }[]).find(
    (one) => one.name === name,
  );
  return (found?.examples ?? []) as readonly Payload[];
}

function payloadOf(name: string, action: string): Payload {
  const found = payloadsOf(name).find((payload) => payload.action === action);
  if (!found) throw new Error(`no example of ${name} ${action}`);
  return structuredClone(found);
}

function headersOf(event: string, body: Buffer, digest = 'sha256'): DeliveryHeaders {
  return {
    'x-github-event': event,
    'x-github-delivery': 'd-1',
    'content-type': 'application/json',
    [digest === 'sha1' ? 'x-hub-signature' : 'x-hub-signature-256']:
      `${digest}=${createHmac(digest, secret).update(body).digest('hex')}`,
  };
}

function read(event: string, payload: unknown, changed: DeliveryHeaders = {}) {
  const body = Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
  return withoutDigest(readDelivery(body, { ...headersOf(event, body), ...changed }, secret));
}

function withoutDigest(reading: DeliveryReading): DeliveryReading {
  if (reading.kind !== 'event') return reading;
  const { bodyDigest: _, ...event } = reading.event;
  return { kind: 'event', event };
}

describe('the digest of a delivery', () => {
  const digestOf = (payload: unknown, id = 'd-1', event = 'issue_comment') => {
    const body = Buffer.from(JSON.stringify(payload));
    const reading = readDelivery(body, { ...headersOf(event, body), 'x-github-delivery': id }, secret);
    return reading.kind === 'event' ? reading.event.bodyDigest : reading;
  };
  const plain = payloadOf('issue_comment', 'created');
  const comment = { ...plain, issue: { ...(plain.issue as object), pull_request: {} } } as unknown as Record<
    string,
    unknown
  >;

  it('is that of what happened, whatever its id, and whichever webhook tells it', () => {
    expect(digestOf(comment)).toMatch(/^[\w-]{32}$/);
    expect(digestOf(comment, 'd-2')).toBe(digestOf(comment));
    expect(digestOf({ installation: { id: 1 }, ...comment })).toBe(digestOf(comment));
  });

  it.each([
    ['issue', { number: 9 }],
    ['comment', { id: 9 }],
    ['comment', { created_at: '2026-01-01T00:00:00Z' }],
    ['comment', { body: 'atlantis apply' }],
    ['repository', { full_name: 'acme/other' }],
  ])('is another one for another %s: %j', (part, changed) => {
    const other = { ...comment, [part]: { ...(comment[part] as object), ...changed } };
    expect(digestOf(other)).not.toBe(digestOf(comment));
  });

  it('is there only for what happens once', () => {
    for (const part of ['created_at', 'id']) {
      const without = { ...(comment.comment as object), [part]: undefined };
      expect(digestOf({ ...comment, comment: without })).toBeUndefined();
    }
    expect(digestOf(payloadOf('pull_request', 'closed'), 'd-1', 'pull_request')).toMatch(/^[\w-]{32}$/);
    expect(digestOf(payloadOf('pull_request', 'opened'), 'd-1', 'pull_request')).toBeUndefined();
  });

  it('is another one for another action of a pull request', () => {
    const closed = payloadOf('pull_request', 'closed') as unknown as Record<string, unknown>;
    const opened = { ...closed, action: 'opened' };
    expect(digestOf(opened, 'd-1', 'pull_request')).not.toBe(digestOf(closed, 'd-1', 'pull_request'));
  });
});

describe('isGithubDelivery', () => {
  it('does not take a delivery of Gitea, which has the headers of GitHub too', () => {
    expect(isGithubDelivery({ 'x-github-event': 'push' })).toBe(true);
    expect(isGithubDelivery({ 'x-github-event': 'push', 'x-gitea-event': 'push' })).toBe(false);
    expect(isGithubDelivery({})).toBe(false);
  });
});

describe('readDelivery of pull_request', () => {
  it('reads a pull request that was opened', () => {
    expect(read('pull_request', payloadOf('pull_request', 'opened'))).toEqual({
      kind: 'event',
      event: {
        kind: 'pull_opened',
        deliveryId: 'd-1',
        repoFullName: 'Codertocat/Hello-World',
        sender: 'Codertocat',
        pull: {
          number: 2,
          url: 'https://github.com/Codertocat/Hello-World/pull/2',
          title: 'Update the README with new information.',
          author: 'Codertocat',
          headBranch: 'changes',
          headSha: 'ec26c3e57ca3a959ca5aad62de7213c562f8c821',
          headRepo: { fullName: 'Codertocat/Hello-World', owner: 'Codertocat' },
          headRef: 'refs/pull/2/head',
          baseBranch: 'master',
          cloneUrl: 'https://github.com/Codertocat/Hello-World.git',
          open: true,
          merged: false,
          draft: false,
          labels: [],
        },
      },
    });
  });

  const kinds: Readonly<Record<string, string>> = {
    opened: 'pull_opened',
    ready_for_review: 'pull_opened',
    synchronize: 'pull_updated',
    closed: 'pull_closed',
  };

  it.each(payloadsOf('pull_request').map((payload, index) => [payload.action ?? '', index, payload] as const))(
    'knows what to make of the example %s (%i)',
    (action, _, payload) => {
      const reading = read('pull_request', payload);
      const kind = kinds[action];
      if (kind) expect(reading).toMatchObject({ kind: 'event', event: { kind } });
      else expect(reading).toMatchObject({ kind: 'idle', repoFullName: expect.stringContaining('/') });
    },
  );

  it('reads the end of a pull request whose fork has been deleted', () => {
    const payload = payloadOf('pull_request', 'closed') as Payload & { pull_request: { head: { repo: unknown } } };
    payload.pull_request.head.repo = null;
    expect(read('pull_request', payload)).toMatchObject({
      kind: 'event',
      event: { kind: 'pull_closed', pullNumber: 2, merged: false },
    });
  });

  it('names the field that is missing', () => {
    const payload = payloadOf('pull_request', 'opened') as Payload & { pull_request: { head: { sha?: string } } };
    delete payload.pull_request.head.sha;
    expect(read('pull_request', payload)).toEqual({
      kind: 'refused',
      status: 400,
      text: expect.stringMatching(/^parsing pull data: pull_request\.head\.sha: /),
    });
  });
});

describe('readDelivery of issue_comment', () => {
  function comment(changes: { body?: string; type?: string; issue?: boolean } = {}): Payload {
    const payload = payloadOf('issue_comment', 'created') as Payload & {
      issue: Record<string, unknown>;
      comment: { body: string; user: { type: string } };
    };
    if (!changes.issue) payload.issue.pull_request = { url: 'https://api.github.com/repos/a/b/pulls/1' };
    payload.comment.body = changes.body ?? 'atlantis plan\r\n';
    payload.comment.user.type = changes.type ?? 'User';
    return payload;
  }

  it('reads a comment as it was written', () => {
    expect(read('issue_comment', comment())).toEqual({
      kind: 'event',
      event: {
        kind: 'comment',
        deliveryId: 'd-1',
        repoFullName: 'Codertocat/Hello-World',
        sender: 'Codertocat',
        pullNumber: 1,
        comment: { id: '492700400', body: 'atlantis plan\r\n', author: 'Codertocat', byBot: false },
      },
    });
  });

  it('tells the comment of a bot', () => {
    expect(read('issue_comment', comment({ type: 'Bot' }))).toMatchObject({ event: { comment: { byBot: true } } });
  });

  it.each(['edited', 'deleted'])('ignores a comment that was %s', (action) => {
    expect(read('issue_comment', payloadOf('issue_comment', action))).toMatchObject({
      kind: 'ignored',
      reply: 'Ignoring comment event since action was not created X-Github-Delivery=d-1',
    });
  });

  it('reads a comment of a host that leaves out what need not be said', () => {
    const payload = {
      action: 'created',
      repository: { full_name: 'acme/infra' },
      issue: { number: 3 },
      comment: { body: 'atlantis plan', user: { login: 'dev' } },
    };
    expect(read('issue_comment', payload)).toMatchObject({
      event: { repoFullName: 'acme/infra', sender: 'dev', pullNumber: 3, comment: { author: 'dev', byBot: false } },
    });
  });

  it('ignores a comment on an issue', () => {
    expect(read('issue_comment', comment({ issue: true }))).toMatchObject({ kind: 'ignored' });
  });
});

describe('readDelivery', () => {
  it.each(['ping', 'push', 'pull_request_review', 'check_run', 'toString'])('ignores %s', (event) => {
    expect(read(event, { zen: 'x' })).toMatchObject({
      kind: 'ignored',
      reply: 'Ignoring unsupported event X-Github-Delivery=d-1',
    });
  });

  it('checks the signature before it looks at the event', () => {
    const body = Buffer.from('{}');
    const headers = { 'x-github-event': 'ping', 'content-type': 'application/json' };
    expect(readDelivery(body, headers, secret)).toEqual({ kind: 'refused', status: 400, text: 'missing signature' });
  });

  it.each([
    ['of another body', `sha256=${createHmac('sha256', secret).update('other').digest('hex')}`],
    ['with another secret', `sha256=${createHmac('sha256', 'other').update('{}').digest('hex')}`],
    ['that is cut', `sha256=${createHmac('sha256', secret).update('{}').digest('hex').slice(0, 62)}`],
    ['of an unknown kind', `md5=${createHmac('md5', secret).update('{}').digest('hex')}`],
    ['that is none', 'sha256='],
  ])('refuses a signature %s', (_, signature) => {
    expect(read('ping', '{}', { 'x-hub-signature-256': signature })).toEqual({
      kind: 'refused',
      status: 400,
      text: 'payload signature check failed',
    });
  });

  it.each(['sha256', 'sha1'])('believes a signature with %s, over the bytes as they came', (digest) => {
    const body = Buffer.from([...Buffer.from('{"zen":"'), 0xff, 0xfe, ...Buffer.from('"}')]);
    expect(readDelivery(body, headersOf('ping', body, digest), secret)).toMatchObject({ kind: 'ignored' });
  });

  it('believes an unsigned delivery when there is no secret', () => {
    const headers = { 'x-github-event': 'ping', 'content-type': 'application/json' };
    expect(readDelivery(Buffer.from('{}'), headers, null)).toMatchObject({ kind: 'ignored' });
  });

  it('takes a form', () => {
    const payload = JSON.stringify(payloadOf('pull_request', 'synchronize'));
    const form = new URLSearchParams({ payload }).toString();
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    expect(read('pull_request', form, type)).toMatchObject({ event: { kind: 'pull_updated' } });
    expect(read('pull_request', 'other=1', type)).toMatchObject({
      kind: 'refused',
      text: "webhook request did not contain expected 'payload' form value",
    });
  });

  it.each([
    ['another type', '{}', 'text/plain', 'webhook request has unsupported Content-Type "text/plain"'],
    ['no object', '[]', 'application/json', 'parsing pull data: '],
  ])('refuses %s', (_, body, type, text) => {
    const reading = read('pull_request', body, { 'content-type': type });
    expect(reading).toMatchObject({ kind: 'refused', status: 400, text: expect.stringContaining(text) });
  });

  it('makes nothing of what is not JSON, and says so as Atlantis does', () => {
    const reply = expect.stringMatching(/^Ignoring unsupported event X-Github-Delivery=/);
    expect(read('pull_request', '{')).toEqual({ kind: 'ignored', reason: 'the body is not JSON', reply });
  });
});

const payloads = damaged([...payloadsOf('pull_request'), ...payloadsOf('issue_comment')]);

describe('readDelivery, whatever it is given', () => {
  const runs = { numRuns: scaled(50_000) };
  const event = fc.constantFrom('pull_request', 'issue_comment', 'push', '__proto__');

  it('reads no event that was not in the payload', () => {
    fc.assert(
      fc.property(payloads, event, (payload, name) => {
        const text = JSON.stringify(payload);
        const headers = { 'x-github-event': name, 'content-type': 'application/json' };
        const reading = readDelivery(Buffer.from(text), headers, null);
        if (reading.kind !== 'event') return;
        const sent = JSON.parse(text);
        expect(reading.event.repoFullName).toBe(sent.repository.full_name);
        if (reading.event.kind === 'comment') {
          expect(sent.action).toBe('created');
          expect(reading.event.comment.body).toBe(sent.comment.body);
          expect(reading.event.pullNumber).toBe(sent.issue.number);
        } else if (reading.event.kind !== 'pull_closed') {
          expect(['opened', 'ready_for_review', 'synchronize']).toContain(sent.action);
          expect(reading.event.pull.headSha).toBe(sent.pull_request.head.sha);
        } else expect(sent.action).toBe('closed');
      }),
      runs,
    );
  });

  it('reads nothing from noise', () => {
    const headers = fc.dictionary(
      fc.constantFrom('x-github-event', 'x-hub-signature-256', 'x-hub-signature', 'content-type', 'x-github-delivery'),
      fc.oneof(fc.string(), fc.constantFrom('pull_request', 'issue_comment', 'application/json', 'sha256=00')),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), headers, fc.boolean(), (bytes, sent, signed) => {
        expect(readDelivery(Buffer.from(bytes), sent, signed ? secret : null).kind).not.toBe('event');
      }),
      runs,
    );
  });
});
