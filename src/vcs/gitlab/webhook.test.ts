import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { damaged } from '../../../test/support/damaged.ts';
import { scaled } from '../../../test/support/scale.ts';
import type { DeliveryHeaders } from '../index.ts';
import mergeRequest from './fixtures/merge-request.json' with { type: 'json' };
import noteOnCommit from './fixtures/note-on-commit.json' with { type: 'json' };
import noteOnIssue from './fixtures/note-on-issue.json' with { type: 'json' };
import noteOnRequest from './fixtures/note-on-merge-request.json' with { type: 'json' };
import { siteOf } from './site.ts';
import { isGitlabDelivery, readDelivery } from './webhook.ts';

const secret = 'it is a secret';
const options = { site: siteOf('example.com'), webhookSecret: secret };
const requestHook = 'Merge Request Hook';
const noteHook = 'Note Hook';

function read(event: string, payload: unknown, changed: DeliveryHeaders = {}) {
  const body = Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
  const headers = { 'x-gitlab-event': event, 'x-gitlab-token': secret, 'idempotency-key': 'd-1', ...changed };
  return readDelivery(body, headers, options);
}

type Attributes = Readonly<Record<string, unknown>>;

function requestWith(attributes: Attributes, changes: object = {}) {
  return { ...mergeRequest, object_attributes: { ...mergeRequest.object_attributes, ...attributes }, changes };
}

function noteWith(attributes: Attributes, changed: object = {}) {
  return { ...noteOnRequest, ...changed, object_attributes: { ...noteOnRequest.object_attributes, ...attributes } };
}

const unsupported = { kind: 'ignored', reply: 'Ignoring unsupported event' };

describe('isGitlabDelivery', () => {
  it('goes by the header of the event', () => {
    expect(isGitlabDelivery({ 'x-gitlab-event': 'Push Hook' })).toBe(true);
    expect(isGitlabDelivery({ 'x-github-event': 'push', 'x-gitlab-token': 'x' })).toBe(false);
  });
});

describe('readDelivery of a merge request', () => {
  it('reads the documented payload of one that was opened', () => {
    expect(read(requestHook, mergeRequest)).toEqual({
      kind: 'event',
      event: {
        kind: 'pull_opened',
        deliveryId: 'd-1',
        repoFullName: 'gitlabhq/gitlab-test',
        sender: 'root',
        pull: {
          number: 1,
          url: 'http://example.com/diaspora/merge_requests/1',
          title: 'MS-Viewport',
          author: 'root',
          headBranch: 'ms-viewport',
          headSha: 'da1560886d4f094c3e6c9ef40349f7d38b5d27d7',
          headRepo: { fullName: 'awesome_space/awesome_project', owner: 'awesome_space' },
          headRef: 'refs/merge-requests/1/head',
          baseBranch: 'master',
          open: true,
          merged: false,
          draft: false,
          labels: ['API'],
        },
      },
    });
  });

  it.each([
    ['a push', { action: 'update', oldrev: 'f'.repeat(40) }, {}],
    ['the end of a draft', { action: 'update' }, { draft: { previous: true, current: false } }],
    ['a title without Draft', { action: 'update' }, { title: { previous: 'Draft: x', current: 'x' } }],
    ['a title without WIP', { action: 'update' }, { title: { previous: 'WIP: x', current: 'x' } }],
  ])('reads %s as an update', (_, attributes, changes) => {
    expect(read(requestHook, requestWith(attributes, changes))).toMatchObject({ event: { kind: 'pull_updated' } });
  });

  const idle: readonly (readonly [string, Attributes, object])[] = [
    ['labels', { action: 'update' }, { labels: { previous: [], current: [] } }],
    ['another title', { action: 'update' }, { title: { previous: 'x', current: 'y' } }],
    ['a beginning draft', { action: 'update' }, { draft: { previous: false, current: true } }],
    ['another target branch', { action: 'update' }, { target_branch: { previous: 'a', current: 'b' } }],
    ['an empty oldrev', { action: 'update', oldrev: '' }, {}],
    ...['reopen', 'approved', 'unapproved', 'approval', 'unapproval', 'toString'].map(
      (action) => [action, { action }, {}] as const,
    ),
    ['no action', { action: undefined }, {}],
  ];
  it.each(idle)('starts nothing for %s', (_, attributes, changes) => {
    expect(read(requestHook, requestWith(attributes, changes))).toMatchObject({
      kind: 'idle',
      repoFullName: mergeRequest.project.path_with_namespace,
    });
  });

  it.each([
    ['merge', true],
    ['close', false],
  ])('reads %s as the end, whatever else is gone, drafts too', (action, merged) => {
    const payload = requestWith({ action, source: null, last_commit: null, draft: true });
    expect(read(requestHook, payload)).toMatchObject({ event: { kind: 'pull_closed', pullNumber: 1, merged } });
  });

  it('tells drafts, also as older GitLabs do', () => {
    expect(read(requestHook, requestWith({ draft: true }))).toMatchObject({ event: { pull: { draft: true } } });
    const older = requestWith({ draft: undefined, work_in_progress: true });
    expect(read(requestHook, older)).toMatchObject({ event: { pull: { draft: true } } });
  });

  it('tells a fork that has been deleted', () => {
    expect(read(requestHook, requestWith({ source: null }))).toMatchObject({ event: { pull: { headRepo: null } } });
  });

  it('keeps groups below groups in the name of the owner', () => {
    const source = { path_with_namespace: 'a/b/c' };
    expect(read(requestHook, requestWith({ source }))).toMatchObject({
      event: { pull: { headRepo: { fullName: 'a/b/c', owner: 'a/b' } } },
    });
  });

  it('finds the author beside their number', () => {
    expect(read(requestHook, requestWith({ author_id: 6 }))).toMatchObject({
      event: { sender: 'root', pull: { author: 'user1' } },
    });
  });

  it('names the field that is missing', () => {
    expect(read(requestHook, requestWith({ last_commit: { id: 'x' } }))).toEqual({
      kind: 'refused',
      status: 400,
      text: expect.stringMatching(/^Error parsing webhook: object_attributes\.last_commit\.id: /),
    });
  });

  it('does not let another GitLab speak for a repo of this one', () => {
    const project = { ...mergeRequest.project, web_url: 'http://evil.example.org/gitlabhq/gitlab-test' };
    for (const action of ['open', 'close']) {
      const payload = { ...requestWith({ action }), project };
      expect(read(requestHook, payload)).toMatchObject({
        kind: 'refused',
        status: 400,
        text: expect.stringContaining('project.web_url: expected https://example.com/gitlabhq/gitlab-test'),
      });
    }
    expect(read(noteHook, { ...noteOnRequest, project })).toMatchObject({ kind: 'refused' });
  });
});

describe('readDelivery of a comment', () => {
  it('reads the documented payload of one on a merge request, as it was written', () => {
    expect(read(noteHook, noteWith({ note: 'atlantis plan\r\n' }))).toEqual({
      kind: 'event',
      event: {
        kind: 'comment',
        deliveryId: 'd-1',
        repoFullName: 'gitlab-org/gitlab-test',
        sender: 'root',
        pullNumber: 1,
        comment: { id: '1244', body: 'atlantis plan\r\n', author: 'root', byBot: false },
      },
    });
  });

  it.each([
    ['project_5_bot_0123456789abcdef', true],
    ['group_5_bot_0123456789abcdef', true],
    ['project_5_bot2', true],
    ['robot', false],
    ['project_5_bottle', false],
  ])('tells whether %s is a bot', (username, byBot) => {
    const user = { ...noteOnRequest.user, username };
    expect(read(noteHook, noteWith({}, { user }))).toMatchObject({ event: { comment: { byBot } } });
  });

  it.each([
    ['that was edited', { action: 'update' }],
    ['that was edited, of an older GitLab', { action: undefined, updated_at: '2015-05-17 18:22:00 UTC' }],
  ])('ignores one %s', (_, attributes) => {
    const reply = 'Ignoring comment event since action was not created';
    expect(read(noteHook, noteWith(attributes))).toMatchObject({ kind: 'ignored', reply });
  });

  it('reads a new one of an older GitLab', () => {
    expect(read(noteHook, noteWith({ action: undefined }))).toMatchObject({ event: { kind: 'comment' } });
  });

  it('ignores the documented payload of one on a commit', () => {
    expect(read(noteHook, noteOnCommit)).toMatchObject({
      kind: 'ignored',
      reply: 'Ignoring comment on commit event',
    });
  });

  it.each([
    ['the documented payload of one on an issue', noteOnIssue],
    ['what GitLab itself wrote', noteWith({ system: true })],
  ])('ignores %s', (_, payload) => {
    expect(read(noteHook, payload)).toMatchObject(unsupported);
  });
});

describe('readDelivery', () => {
  it.each(['Push Hook', 'Pipeline Hook', 'System Hook', 'Confidential Note Hook', '', 'toString'])(
    'ignores %j, whatever it holds',
    (event) => {
      expect(read(event, 'no JSON')).toMatchObject(unsupported);
    },
  );

  it.each([
    ['no token', undefined],
    ['an empty one', ''],
    ['another one', 'it is a secret?'],
    ['the beginning of it', 'it is a secre'],
    ['several', ['it is a secret?', secret]],
  ])('refuses %s, and does not say it back', (_, token) => {
    expect(read('Push Hook', '{}', { 'x-gitlab-token': token })).toEqual({
      kind: 'refused',
      status: 400,
      text: 'header X-Gitlab-Token did not match expected secret',
    });
  });

  it('believes every delivery when there is no secret', () => {
    const body = Buffer.from(JSON.stringify(mergeRequest));
    const reading = readDelivery(body, { 'x-gitlab-event': requestHook }, { ...options, webhookSecret: null });
    expect(reading).toMatchObject({ kind: 'event', event: { deliveryId: null } });
  });

  it('tells apart what older GitLabs send under one id, and not what they send twice', () => {
    const older = { 'idempotency-key': undefined, 'x-gitlab-event-uuid': 'e-1' };
    const idOf = (payload: unknown) => {
      const reading = read(noteHook, payload, older);
      return reading.kind === 'event' ? reading.event.deliveryId : undefined;
    };
    expect(idOf(noteOnRequest)).toMatch(/^e-1-[0-9a-f]{16}$/);
    expect(idOf(noteOnRequest)).toBe(idOf(noteOnRequest));
    expect(idOf(noteWith({ id: 9 }))).not.toBe(idOf(noteOnRequest));
  });

  it.each([
    ['no JSON', '{', 'Error parsing webhook: the body is not JSON'],
    ['no object', '[]', 'Error parsing webhook: '],
    ['nothing', '', 'Error parsing webhook: the body is not JSON'],
    ['null', 'null', 'Error parsing webhook: payload: '],
  ])('refuses %s', (_, body, text) => {
    for (const event of [requestHook, noteHook]) {
      expect(read(event, body)).toMatchObject({ kind: 'refused', status: 400, text: expect.stringContaining(text) });
    }
  });
});

const payloads = damaged(
  [mergeRequest, noteOnRequest, noteOnCommit, noteOnIssue],
  [undefined, 'update', 'merge', 'close', true],
);

describe('readDelivery, whatever it is given', () => {
  const runs = { numRuns: scaled(50_000) };
  const event = fc.constantFrom(requestHook, noteHook, 'Push Hook', '__proto__');
  const open = { ...options, webhookSecret: null };

  it('reads no event that was not in the payload', () => {
    fc.assert(
      fc.property(payloads, event, (payload, name) => {
        const text = JSON.stringify(payload);
        const reading = readDelivery(Buffer.from(text), { 'x-gitlab-event': name }, open);
        if (reading.kind !== 'event') return;
        const sent = JSON.parse(text);
        const attributes = sent.object_attributes;
        expect(reading.event.repoFullName).toBe(sent.project.path_with_namespace);
        expect(reading.event.sender).toBe(sent.user.username);
        if (reading.event.kind === 'comment') {
          expect([name, attributes.noteable_type]).toEqual([noteHook, 'MergeRequest']);
          expect(['create', undefined, null, '']).toContain(attributes.action);
          expect(reading.event.comment.body).toBe(attributes.note);
          expect(reading.event.pullNumber).toBe(sent.merge_request.iid);
        } else if (reading.event.kind !== 'pull_closed') {
          expect([name, reading.event.kind]).toEqual([
            requestHook,
            attributes.action === 'open' ? 'pull_opened' : 'pull_updated',
          ]);
          expect(reading.event.pull.headSha).toBe(attributes.last_commit.id);
        } else expect(['merge', 'close']).toContain(attributes.action);
      }),
      runs,
    );
  });

  it('reads nothing from noise', () => {
    const headers = fc.dictionary(
      fc.constantFrom('x-gitlab-event', 'x-gitlab-token', 'idempotency-key', 'x-gitlab-event-uuid'),
      fc.oneof(fc.string(), fc.constantFrom(requestHook, noteHook, secret)),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), headers, fc.boolean(), (bytes, sent, isOpen) => {
        expect(readDelivery(Buffer.from(bytes), sent, isOpen ? open : options).kind).not.toBe('event');
      }),
      runs,
    );
  });

  it('reads nothing without the secret', () => {
    fc.assert(
      fc.property(payloads, event, fc.string(), (payload, name, token) => {
        const headers = { 'x-gitlab-event': name, 'x-gitlab-token': token };
        expect(readDelivery(Buffer.from(JSON.stringify(payload)), headers, options).kind).toBe('refused');
      }),
      { numRuns: scaled(5_000) },
    );
  });
});
