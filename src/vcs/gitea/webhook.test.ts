import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { damaged } from '../../../test/support/damaged.ts';
import { scaled } from '../../../test/support/scale.ts';
import type { DeliveryHeaders, DeliveryReading } from '../index.ts';
import { isGiteaDelivery, readDelivery } from './webhook.ts';

const secret = 'it is a secret';

type Payload = Record<string, unknown>;
type Example = { readonly name: string; readonly event: string; readonly type: string; readonly payload: Payload };

/** What Gitea sends, as https://docs.gitea.com/usage/webhooks lists it. */
const examples = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../test/fakes/gitea/fixtures/payloads.json'), 'utf8'),
) as readonly Example[];

function example(name: string): Example {
  const found = examples.find((one) => one.name === name);
  if (!found) throw new Error(`no example ${name}`);
  return structuredClone(found);
}

function headersOf({ event, type }: Pick<Example, 'event' | 'type'>, body: Buffer): DeliveryHeaders {
  return {
    'content-type': 'application/json',
    'x-gitea-event': event,
    'x-gitea-event-type': type,
    'x-gitea-delivery': 'd-1',
    'x-gitea-signature': createHmac('sha256', secret).update(body).digest('hex'),
    'x-github-event': event,
  };
}

function read(
  { payload, ...names }: Omit<Example, 'name' | 'payload'> & { payload: unknown },
  changed: DeliveryHeaders = {},
) {
  const body = Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload, null, 2));
  return withoutDigest(readDelivery(body, { ...headersOf(names, body), ...changed }, secret));
}

function withoutDigest(reading: DeliveryReading): DeliveryReading {
  if (reading.kind !== 'event') return reading;
  const { bodyDigest: _, ...event } = reading.event;
  return { kind: 'event', event };
}

/** The example with a value in another place of its payload; undefined takes it out. */
function changed(name: string, path: readonly string[], value: unknown): Example {
  const found = example(name);
  let target: Payload = found.payload;
  for (const key of path.slice(0, -1)) target = target[key] as Payload;
  target[path.at(-1) ?? ''] = value;
  return found;
}

describe('isGiteaDelivery', () => {
  it('goes by the header of Gitea, whatever others there are', () => {
    expect(isGiteaDelivery({ 'x-gitea-event': 'push', 'x-github-event': 'push' })).toBe(true);
    expect(isGiteaDelivery({ 'x-github-event': 'push' })).toBe(false);
  });
});

describe('readDelivery of a pull request', () => {
  it('reads one that was opened', () => {
    expect(read(example('opened'))).toEqual({
      kind: 'event',
      event: {
        kind: 'pull_opened',
        deliveryId: 'd-1',
        repoFullName: 'acme/infra',
        sender: 'ada',
        pull: {
          number: 7,
          url: 'https://git.example.com/acme/infra/pulls/7',
          title: 'Add a bucket',
          author: 'ada',
          headBranch: 'bucket',
          headSha: '07977177c2cd7d46bad37b8472a9d50e7acb9d1f',
          headRepo: { fullName: 'acme/infra', owner: 'acme' },
          headRef: 'refs/pull/7/head',
          baseBranch: 'main',
          open: true,
          merged: false,
          draft: false,
          labels: ['network'],
        },
      },
    });
  });

  const kinds: Readonly<Record<string, object>> = {
    'opened from a fork': { kind: 'pull_opened', sender: 'eve', pull: { headRepo: { owner: 'eve' } } },
    'opened as a draft': { kind: 'pull_opened', pull: { draft: true } },
    reopened: { kind: 'pull_opened', sender: 'bob' },
    synchronized: { kind: 'pull_updated' },
    'edited to be ready': { kind: 'pull_opened', pull: { draft: false } },
    'edited base': { kind: 'pull_updated' },
    closed: { kind: 'pull_closed', pullNumber: 7, merged: false },
    merged: { kind: 'pull_closed', pullNumber: 7, merged: true },
    'closed after its fork was deleted': { kind: 'pull_closed', pullNumber: 7, merged: false },
    deleted: { kind: 'pull_closed', pullNumber: 7, merged: false },
  };

  it('knows of nobody behind one that was pushed to refs/for/, which takes no right to push a branch', () => {
    const pushed = changed('opened', ['pull_request', 'head', 'label'], '');
    const head = (pushed.payload.pull_request as Payload).head as Payload;
    head.ref = 'refs/pull/7/head';
    expect(read(pushed)).toMatchObject({ event: { pull: { headRepo: null, headBranch: 'refs/pull/7/head' } } });
  });

  it.each(Object.entries(kinds))('reads one that was %s', (name, event) => {
    expect(read(example(name))).toMatchObject({ kind: 'event', event });
  });

  it.each(['edited title', 'edited body', 'edited to be a draft'])('does nothing for an %s', (name) => {
    expect(read(example(name))).toMatchObject({ kind: 'idle', repoFullName: expect.stringContaining('/') });
  });

  it('does nothing for an action that it does not know', () => {
    expect(read(changed('opened', ['action'], 'toString'))).toMatchObject({ kind: 'idle' });
  });

  it.each([
    'label updated',
    'label cleared',
    'assigned',
    'unassigned',
    'milestoned',
    'demilestoned',
    'review requested',
    'review request removed',
    'approved',
    'rejected',
    'review comment',
    'comment on an issue',
    'push',
  ])('does not support %s', (name) => {
    const found = example(name);
    expect(read(found)).toEqual({
      kind: 'ignored',
      reason: 'no event that we act on',
      reply: `Ignoring unsupported Gitea event type: ${found.type} X-Gitea-Delivery=d-1`,
    });
  });

  it.each(['toString', '__proto__', ''])('does not support the type %j', (type) => {
    expect(read({ ...example('opened'), type })).toMatchObject({ kind: 'ignored' });
  });

  it('tells the branch of a fork that was deleted', () => {
    const { payload } = example('closed after its fork was deleted');
    const reading = read({ event: 'pull_request', type: 'pull_request', payload: { ...payload, action: 'reopened' } });
    expect(reading).toMatchObject({ event: { pull: { headBranch: 'bucket', headRepo: null } } });
  });

  it('knows a draft of an older Gitea by its title', () => {
    const older = changed('opened as a draft', ['pull_request', 'draft'], undefined);
    expect(read(older)).toMatchObject({ event: { pull: { draft: true } } });
  });

  it('reads commits of SHA-256', () => {
    const sha = 'a'.repeat(64);
    const reading = read(changed('opened', ['pull_request', 'head', 'sha'], sha));
    expect(reading).toMatchObject({ event: { pull: { headSha: sha } } });
  });

  it.each([
    [['pull_request', 'head', 'sha'], undefined],
    [['pull_request', 'head', 'sha'], '../../etc'],
    [['pull_request', 'number'], -1],
    [['repository', 'full_name'], 'acme'],
    [['sender'], null],
  ])('names what is wrong with %j as %j', (path, value) => {
    expect(read(changed('opened', path, value))).toEqual({
      kind: 'refused',
      status: 400,
      text: expect.stringMatching(
        new RegExp(`^Error parsing pull data: ${path.join('\\.')}: .+ X-Gitea-Delivery=d-1$`),
      ),
    });
  });
});

describe('readDelivery of a comment', () => {
  it('reads it as it was written', () => {
    expect(read(example('comment created'))).toEqual({
      kind: 'event',
      event: {
        kind: 'comment',
        deliveryId: 'd-1',
        repoFullName: 'acme/infra',
        sender: 'bob',
        pullNumber: 7,
        comment: { id: '8841', body: 'atlantis plan -d network\n', author: 'bob', byBot: false },
      },
    });
  });

  it('tells that of a workflow', () => {
    expect(read(example('comment of Actions'))).toMatchObject({ event: { comment: { byBot: true } } });
  });

  it.each(['edited', 'deleted'])('ignores one that was %s', (action) => {
    expect(read(example(`comment ${action}`))).toMatchObject({
      kind: 'ignored',
      reply: 'Ignoring comment event since action was not created X-Gitea-Delivery=d-1',
    });
  });

  it('ignores one on an issue that comes under the name of those on pull requests', () => {
    const { event, payload } = example('comment on an issue');
    expect(read({ event, type: 'pull_request_comment', payload })).toMatchObject({ kind: 'ignored' });
  });
});

describe('readDelivery', () => {
  const invalid = { kind: 'refused', status: 400, text: 'request did not pass validation: invalid signature' };

  it.each([
    ['that is missing', undefined],
    ['that is empty', ''],
    ['of another body', createHmac('sha256', secret).update('other').digest('hex')],
    ['with another secret', createHmac('sha256', 'other').update('{}').digest('hex')],
    ['that is cut', createHmac('sha256', secret).update('{}').digest('hex').slice(0, 62)],
    ["in GitHub's form", `sha256=${createHmac('sha256', secret).update('{}').digest('hex')}`],
  ])('refuses a signature %s, before it looks at the event', (_, signature) => {
    const sent = { event: 'push', type: 'push', payload: '{}' };
    expect(read(sent, { 'x-gitea-signature': signature })).toEqual(invalid);
  });

  it('believes a signature over the bytes as they came', () => {
    const body = Buffer.from([...Buffer.from('{"zen":"'), 0xff, 0xfe, ...Buffer.from('"}')]);
    expect(readDelivery(body, headersOf({ event: 'push', type: 'push' }, body), secret)).toMatchObject({
      kind: 'ignored',
    });
  });

  it('believes an unsigned delivery when there is no secret', () => {
    const { event, type, payload } = example('opened');
    const headers = { 'x-gitea-event': event, 'x-gitea-event-type': type, 'x-gitea-signature': '' };
    const reading = readDelivery(Buffer.from(JSON.stringify(payload)), headers, null);
    expect(reading).toMatchObject({ kind: 'event', event: { deliveryId: null } });
  });

  it('says which content type to choose instead of a form', () => {
    const sent = { event: 'push', type: 'push', payload: 'payload=%7B%7D' };
    expect(read(sent, { 'content-type': 'application/x-www-form-urlencoded' })).toMatchObject({
      kind: 'refused',
      text: expect.stringContaining('choose application/json'),
    });
  });

  it.each([
    ['no JSON', '{', 'Error parsing pull data: the body is not JSON X-Gitea-Delivery=d-1'],
    ['no object', '[]', 'Error parsing pull data: payload: '],
  ])('refuses %s', (_, payload, text) => {
    expect(read({ event: 'pull_request', type: 'pull_request', payload })).toMatchObject({
      kind: 'refused',
      status: 400,
      text: expect.stringContaining(text),
    });
  });
});

const payloads = damaged(examples.map(({ payload }) => payload));

describe('readDelivery, whatever it is given', () => {
  const runs = { numRuns: scaled(50_000) };
  const types = fc.constantFrom('pull_request', 'pull_request_sync', 'pull_request_comment', 'push', '__proto__');

  it('reads no event that was not in the payload', () => {
    fc.assert(
      fc.property(payloads, types, (payload, type) => {
        const text = JSON.stringify(payload);
        const reading = readDelivery(Buffer.from(text), { 'x-gitea-event-type': type }, null);
        if (reading.kind !== 'event') return;
        const sent = JSON.parse(text);
        expect(reading.event.repoFullName).toBe(sent.repository.full_name);
        expect(reading.event.kind === 'comment').toBe(type === 'pull_request_comment');
        if (reading.event.kind === 'comment') {
          expect(sent.action).toBe('created');
          expect(reading.event.comment.body).toBe(sent.comment.body);
          expect(reading.event.pullNumber).toBe(sent.issue.number);
        } else if (reading.event.kind === 'pull_closed') {
          expect(['closed', 'deleted']).toContain(sent.action);
          expect(reading.event.pullNumber).toBe(sent.pull_request.number);
        } else {
          expect(['opened', 'reopened', 'synchronized', 'edited']).toContain(sent.action);
          expect(reading.event.pull.headSha).toBe(sent.pull_request.head.sha);
        }
      }),
      runs,
    );
  });

  it('reads nothing from noise', () => {
    const names = ['x-gitea-event', 'x-gitea-event-type', 'x-gitea-signature', 'content-type', 'x-gitea-delivery'];
    const headers = fc.dictionary(
      fc.constantFrom(...names),
      fc.oneof(fc.string(), fc.constantFrom('pull_request', 'pull_request_comment', 'application/json', '00')),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), headers, fc.boolean(), (bytes, sent, signed) => {
        expect(readDelivery(Buffer.from(bytes), sent, signed ? secret : null).kind).not.toBe('event');
      }),
      runs,
    );
  });
});
