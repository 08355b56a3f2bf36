import { describe, expect, it } from 'vitest';
import { livePull, pullHost, settingsWith, vcsHost } from '../../test/support/pull-domain.ts';
import type { VcsEvent, Webhooks } from '../vcs/index.ts';
import { judgeEvent, judgeIdle, type Verdict } from './judge-event.ts';

const of = { deliveryId: '1', repoFullName: 'acme/infra', sender: 'ada' };

function commented(body: string, over: { author?: string; byBot?: boolean } = {}): VcsEvent {
  return { ...of, kind: 'comment', pullNumber: 7, comment: { id: '9', body, author: 'ada', byBot: false, ...over } };
}

function judge(
  event: VcsEvent,
  { flags = [] as readonly string[], isAllowed = true, host = vcsHost(pullHost()) } = {},
): Verdict {
  return judgeEvent(event, { host, isAllowed, ownLogin: 'bot', settings: settingsWith(flags) });
}

describe('judgeEvent, for comments', () => {
  it('queues a command and says so', () => {
    expect(judge(commented('atlantis plan -d a'))).toMatchObject({
      status: 200,
      text: 'Processing...',
      action: { kind: 'work', work: { kind: 'comment', commentId: '9', command: { kind: 'plan' } } },
    });
  });

  it('answers what is no command with its beginning', () => {
    const body = 'please have a look at this change, it is small';
    const text = `Ignoring non-command comment: "${body.slice(0, 40)}..."`;
    expect(judge(commented(body))).toEqual({ status: 200, text, action: { kind: 'nothing' } });
  });

  it.each(['atlantis help', 'atlantis nope', 'terraform plan'])('comments back on "%s" at once', (body) => {
    const verdict = judge(commented(body));
    expect(verdict).toMatchObject({ status: 200, text: 'Commenting back on pull request' });
    expect(verdict.action).toMatchObject({ kind: 'notice', react: '9' });
  });

  it('refuses commands of repositories that are not allowed, in a comment too unless that is silenced', () => {
    const refused = { status: 403, text: 'repo not allowlisted' };
    const body = '```\nError: This repo is not allowlisted for Atlantis.\n```';
    const notAllowed = { isAllowed: false };
    expect(judge(commented('atlantis help'), notAllowed)).toEqual({
      ...refused,
      action: { kind: 'notice', body, react: null },
    });
    const silent = { ...notAllowed, flags: ['--silence-allowlist-errors'] };
    expect(judge(commented('atlantis plan'), silent)).toEqual({ ...refused, action: { kind: 'nothing' } });
    expect(judge(commented('hello'), notAllowed)).toMatchObject({ status: 200, action: { kind: 'nothing' } });
  });

  it.each([
    ['its own app', commented('atlantis plan', { author: 'bot', byBot: true }), 'nothing'],
    [
      'its own words',
      commented("Atlantis commands can't be run on closed pull requests", { author: 'bot' }),
      'nothing',
    ],
    ['somebody who shares its account', commented('atlantis plan', { author: 'bot' }), 'work'],
    ['another app', commented('atlantis plan', { author: 'other[bot]', byBot: true }), 'work'],
  ])('knows %s', (_name, event, action) => {
    expect(judge(event).action.kind).toBe(action);
  });
});

describe('judgeEvent, for pull requests', () => {
  it.each(['pull_opened', 'pull_updated'] as const)('plans on %s', (kind) => {
    const verdict = judge({ ...of, kind, pull: livePull() });
    expect(verdict).toEqual({
      status: 200,
      text: 'Processing...',
      action: { kind: 'work', work: { kind: 'autoplan' } },
    });
  });

  it('leaves drafts alone, unless they are allowed', () => {
    const event: VcsEvent = { ...of, kind: 'pull_opened', pull: livePull({ draft: true }) };
    const text = 'Ignoring non-actionable pull request event';
    expect(judge(event)).toEqual({ status: 200, text, action: { kind: 'nothing' } });
    expect(judge(event, { flags: ['--allow-draft-prs'] }).action.kind).toBe('work');
  });

  it('cleans up when one is closed', () => {
    expect(judge({ ...of, kind: 'pull_closed', pullNumber: 7, merged: true })).toEqual({
      status: 200,
      text: 'Pull request cleaned successfully',
      action: { kind: 'work', work: { kind: 'close', merged: true } },
    });
  });

  it.each([
    ['pull_opened', 'notice'],
    ['pull_updated', 'nothing'],
  ] as const)('answers %s of a repository that is not allowed with 403', (kind, action) => {
    const verdict = judge({ ...of, kind, pull: livePull() }, { isAllowed: false });
    expect(verdict.status).toBe(403);
    expect(verdict.text).toBe("pull request event from non-allowlisted repo 'github.test/acme/infra'");
    expect(verdict.action.kind).toBe(action);
  });

  it('says nothing in a draft of a repository that is not allowed', () => {
    const event: VcsEvent = { ...of, kind: 'pull_opened', pull: livePull({ draft: true }) };
    expect(judge(event, { isAllowed: false })).toMatchObject({ status: 403, action: { kind: 'nothing' } });
  });

  it.each([
    [true, 'acme/infra', 200, 'Ignoring non-actionable pull request event'],
    [false, 'acme/infra', 403, "pull request event from non-allowlisted repo 'github.test/acme/infra'"],
    [false, null, 200, 'Ignoring non-actionable pull request event'],
  ] as const)('answers what starts nothing by the allow-list (%s, of %s) with %i', (isAllowed, repo, status, text) => {
    const verdict = judgeIdle(repo, { host: vcsHost(pullHost()), isAllowed });
    expect(verdict).toEqual({ status, text, action: { kind: 'nothing' } });
  });

  it('names the host of a repository that is not allowed as rules do, without its port', () => {
    const host = { ...vcsHost(pullHost()), hostname: 'github.test:8443' };
    const verdict = judge({ ...of, kind: 'pull_closed', pullNumber: 7, merged: false }, { isAllowed: false, host });
    expect(verdict.text).toBe("pull request event from non-allowlisted repo 'github.test/acme/infra'");
  });

  it('answers 200 all the same where the host is answered so', () => {
    const readEvent = () => ({ kind: 'refused', status: 400, text: '' }) as const;
    const webhooks: Webhooks = { recognises: () => true, statusWhenNotAllowed: 200, readEvent };
    const verdict = judge(commented('atlantis plan'), { isAllowed: false, host: { ...vcsHost(pullHost()), webhooks } });
    expect(verdict).toMatchObject({ status: 200, text: 'repo not allowlisted', action: { kind: 'notice' } });
  });
});
