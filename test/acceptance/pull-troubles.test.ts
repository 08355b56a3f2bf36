import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/db/index.ts';
import { silentLog } from '../../src/lib/log.ts';
import { fakeEngine } from '../support/fake-engine.ts';
import {
  comment,
  deliver,
  type FakePull,
  type GithubWorld,
  openGithubWorld,
  ownComments,
  underWay,
} from '../support/github-world.ts';
import type { TestServer } from '../support/server.ts';
import { waitFor } from '../support/wait-for.ts';

/* What becomes of commands while their host, or what it tells, is not as it should be. */

const config = (autoplan: string) => `version: 3
projects:
- {dir: net, autoplan: ${autoplan}}
- {dir: app, autoplan: ${autoplan}}
`;
const files = { 'net/main.tf': '', 'net/mark': 'm0', 'app/main.tf': '', 'app/mark': 'm0' };

type Opened = {
  readonly world: GithubWorld;
  readonly server: TestServer;
  readonly engine: Awaited<ReturnType<typeof fakeEngine>>;
};

async function open({
  flags = {},
  autoplan = "{when_modified: ['*']}",
}: {
  readonly flags?: Record<string, string | boolean>;
  readonly autoplan?: string;
} = {}): Promise<Opened> {
  const engine = await fakeEngine();
  const world = await openGithubWorld({
    files: { ...files, 'atlantis.yaml': config(autoplan) },
    engine: engine.binary,
    flags,
  });
  return { world, server: await world.start(), engine };
}

function tell({ world, server }: Opened, pull: FakePull, action: 'opened' | 'synchronize' | 'closed') {
  return deliver(server, world.github.pullEvent(world.repo, pull, action));
}

/** Waits until nothing of any pull request is left to be done. */
async function idle({ world }: Opened): Promise<void> {
  const db = await openDatabase({ url: world.databaseUrl, log: silentLog() });
  const isIdle = async () => (await db.query.selectFrom('tasks').select('id').execute()).length === 0;
  try {
    await waitFor('the queue to be empty', isIdle, { timeoutMs: 30_000 });
  } finally {
    await db.close();
  }
}

/** A pull request of two projects, of which the first is being applied and the second waits for it. */
async function firstOfTwoApplies(opened: Opened): Promise<FakePull> {
  const { world, server, engine } = opened;
  const script = '[ $command = apply ] && { note at-apply; sleep 1; }\n';
  const pull = await world.openPull('change', { 'app/mark': 'm1', 'app/fake.sh': script, 'net/mark': 'm1' });
  await tell(opened, pull, 'opened');
  await waitFor('the plan', () => ownComments(world, pull).length === 1);
  await comment(world, server, { pull, body: 'atlantis apply' });
  await waitFor('the apply of the first', () => engine.hasNoted('at-apply'));
  return pull;
}

const start = (body: string) => body.split('\n', 1)[0] ?? '';

describe('a command of a pull request', () => {
  it('counts no approval that was given while a plan was made, where plans take approvals back', async () => {
    const rules = { repos: [{ id: '/.*/', apply_requirements: ['approved'] }] };
    const flags = { 'discard-approval-on-plan': true, 'repo-config-json': JSON.stringify(rules) };
    const opened = await open({ flags });
    const { world, server, engine } = opened;
    const script = '[ $command = plan ] && { note at-plan; sleep 1; }\n';
    const pull = await world.openPull('change', { 'net/mark': 'm1', 'net/fake.sh': script });
    await tell(opened, pull, 'opened');
    await waitFor('the plan', () => engine.hasNoted('at-plan'));
    pull.reviews.push({ id: world.github.state.nextId++, login: 'grace', state: 'APPROVED' });
    await idle(opened);
    await comment(world, server, { pull, body: 'atlantis apply' });
    await idle(opened);
    expect(ownComments(world, pull).at(-1)).toContain('Pull request must be approved');
    expect(await engine.marks()).toEqual([]);
  });

  it('is carried out though its host does not know the pull request at once', async () => {
    const it = await open();
    const pull = await it.world.openPull('change', { 'net/mark': 'm1' });
    it.world.github.fail(/GET .*\/pulls\/\d+$/, { status: 404, body: { message: 'Not Found' } });
    await tell(it, pull, 'opened');
    await idle(it);
    expect(ownComments(it.world, pull).map(start)).toEqual([expect.stringContaining('Ran Plan for dir: `net`')]);
  });

  it('needs no more of its host about the repository than it tells with the pull request', async () => {
    const it = await open();
    const pull = await it.world.openPull('change', { 'net/mark': 'm1' });
    it.world.github.fail(/GET .*\/repos\/[^/]+\/[^/]+$/, { status: 404, body: { message: 'Not Found' } }, 100);
    await tell(it, pull, 'opened');
    await idle(it);
    await comment(it.world, it.server, { pull, body: 'atlantis apply' });
    await idle(it);
    expect(ownComments(it.world, pull).map(start)).toEqual([
      expect.stringContaining('Ran Plan for dir: `net`'),
      expect.stringContaining('Ran Apply for dir: `net`'),
    ]);
  });

  it('waits for repositories that cannot be fetched for a moment', async () => {
    const it = await open();
    const pull = await it.world.openPull('change', { 'net/mark': 'm1' });
    it.world.github.fail(/^GIT /, { status: 503 });
    await tell(it, pull, 'opened');
    await idle(it);
    expect(ownComments(it.world, pull).map(start)).toEqual([expect.stringContaining('Ran Plan for dir: `net`')]);
  });

  it('goes on with an apply when the host is back that was away meanwhile', async () => {
    const it = await open();
    const pull = await firstOfTwoApplies(it);
    it.world.github.fail(/GET .*\/pulls\/\d+$/, { status: 502 }, 5);
    it.world.github.fail(/GET .*\/pulls\/\d+$/, { status: 401, body: { message: 'Bad credentials' } });
    await idle(it);
    expect(await it.engine.marks()).toEqual(['m1@default', 'm1@default']);
    expect(ownComments(it.world, pull)[1]).toContain('2 projects, 2 successful, 0 failed, 0 errored');
    expect(underWay(it.world)).toEqual([]);
  });

  it('is carried out and told though its host takes the token for none, and refuses comments, for a moment', async () => {
    const it = await open();
    const pull = await it.world.openPull('change', { 'net/mark': 'm1' });
    it.world.github.fail(/GET .*\/pulls\/\d+$/, { status: 401, body: { message: 'Bad credentials' } }, 2);
    it.world.github.fail(/POST .*\/comments$/, { status: 401, body: { message: 'Bad credentials' } });
    await tell(it, pull, 'opened');
    await idle(it);
    it.world.github.fail(/POST .*\/comments$/, { status: 403, body: { message: 'Forbidden' } });
    await comment(it.world, it.server, { pull, body: 'atlantis apply' });
    await idle(it);
    it.world.github.fail(/POST .*\/comments$/, { status: 404, body: { message: 'Not Found' } });
    await comment(it.world, it.server, { pull, body: 'atlantis help' });
    await idle(it);
    expect(ownComments(it.world, pull).map(start)).toEqual([
      expect.stringContaining('Ran Plan for dir: `net`'),
      expect.stringContaining('Ran Apply for dir: `net`'),
      expect.stringContaining('```cmake'),
    ]);
    const last = new Map(it.world.repo.statuses.map(({ context, description }) => [context, description]));
    expect(last.get('atlantis/apply: net/default')).toBe('Apply succeeded.');
  });

  it('stops waiting for its host when it is cancelled', async () => {
    const it = await open();
    const pull = await firstOfTwoApplies(it);
    it.world.github.fail(/GET .*\/pulls\/\d+$/, { status: 502 }, 8);
    await waitFor('the next to wait', () => it.server.log().includes('a job waits for its host'));
    await comment(it.world, it.server, { pull, body: 'atlantis cancel' });
    await idle(it);
    expect(await it.engine.marks()).toEqual(['m1@default']);
    expect(ownComments(it.world, pull).join()).toContain('**Apply Cancelled**: cancelled by ada.');
    expect(underWay(it.world)).toEqual([]);
  });

  it('is answered once what it did is done, whatever became of the first answer', async () => {
    const it = await open({ flags: { 'silence-no-projects': true } });
    const pull = await it.world.openPull('change', { 'net/mark': 'm1' });
    await tell(it, pull, 'opened');
    await waitFor('the plan', () => ownComments(it.world, pull).length === 1);
    await idle(it);
    it.world.github.fail(/POST .*\/comments$/, { status: 502 });
    await comment(it.world, it.server, { pull, body: 'atlantis unlock' });
    await idle(it);
    expect(ownComments(it.world, pull).slice(1)).toEqual([
      'All Atlantis locks for this PR have been unlocked and plans discarded',
    ]);
  });

  it('is answered when a push has stopped its plan, and plans nothing itself', async () => {
    const it = await open({ autoplan: '{enabled: false}' });
    const script = '[ $command = plan ] && { note at-plan; sleep 60; }\n';
    const pull = await it.world.openPull('change', { 'net/mark': 'm1', 'net/fake.sh': script });
    await comment(it.world, it.server, { pull, body: 'atlantis plan -d net' });
    await waitFor('the plan', () => it.engine.hasNoted('at-plan'));
    await it.world.push(pull, { 'net/mark': 'm2' });
    await tell(it, pull, 'synchronize');
    await idle(it);
    expect(ownComments(it.world, pull)).toEqual([expect.stringContaining('**Plan Cancelled**: cancelled by ada.')]);
    expect(underWay(it.world)).toEqual([]);
  });

  it('is told each time that the lock of its pull request was deleted, though the host fails', async () => {
    const it = await open();
    const pull = await it.world.openPull('change', { 'net/mark': 'm1' });
    const unlock = async () => {
      const name = encodeURIComponent('acme/infra/net/default/');
      expect((await fetch(`${it.server.url}/locks?id=${name}`, { method: 'DELETE' })).status).toBe(200);
      await idle(it);
    };
    await tell(it, pull, 'opened');
    await idle(it);
    await unlock();
    await comment(it.world, it.server, { pull, body: 'atlantis plan' });
    await idle(it);
    it.world.github.fail(/POST .*\/comments$/, { status: 502 });
    await unlock();
    const told = ownComments(it.world, pull).filter((body) => body.includes('was **discarded** via the Atlantis UI'));
    expect(told.length).toBe(2);
  });

  it('is cancelled though its server is about to end, which waits for it', async () => {
    const it = await open();
    const script = '[ $command = plan ] && { note at-plan; sleep 60 & wait; }\n';
    const pull = await it.world.openPull('change', { 'net/mark': 'm1', 'net/fake.sh': script });
    await tell(it, pull, 'opened');
    await waitFor('the plan', () => it.engine.hasNoted('at-plan'));
    const ended = it.server.stop();
    await waitFor('the end to begin', async () => (await fetch(`${it.server.url}/readyz`)).status === 503);
    await comment(it.world, it.server, { pull, body: 'atlantis cancel' });
    expect(await ended).toMatchObject({ code: 0 });
    expect(ownComments(it.world, pull).join()).toContain('**Plan Cancelled**: cancelled by ada.');
    expect(underWay(it.world)).toEqual([]);
  });

  it('cleans up after a pull request that is closed, whatever has become of the mirror', async () => {
    const it = await open();
    const pull = await it.world.openPull('change', { 'net/mark': 'm1' });
    await tell(it, pull, 'opened');
    await idle(it);
    const [repo = ''] = await readdir(join(it.world.dataDir, 'polder', 'repos'));
    await writeFile(join(it.world.dataDir, 'polder', 'repos', repo, 'mirror.git', 'HEAD'), '');
    pull.state = 'closed';
    await tell(it, pull, 'closed');
    await idle(it);
    expect(ownComments(it.world, pull).map(start)).toEqual([
      expect.stringContaining('Ran Plan for dir: `net`'),
      'Locks and plans deleted for the projects and workspaces modified in this pull request:',
    ]);
  });

  it('keeps the next one waiting no longer once it is cancelled, whatever it hangs at', async () => {
    const it = await open();
    const pull = await it.world.openPull('change', { 'net/mark': 'm1' });
    it.world.github.fail(/^GIT /, { hang: true });
    await tell(it, pull, 'opened');
    await waitFor('the command to begin', () => it.world.github.requests.some((request) => /pulls/.test(request)));
    await comment(it.world, it.server, { pull, body: 'atlantis cancel' });
    await comment(it.world, it.server, { pull, body: 'atlantis plan' });
    await idle(it);
    const answers = [
      'Cancelled all queued operations for this pull request.',
      expect.stringContaining('Ran Plan for dir: `net`'),
    ];
    expect(ownComments(it.world, pull).map(start)).toEqual(answers);
    // Nor does one that fetches only after the host has answered.
    const asked = it.world.github.requests.length;
    it.world.github.fail(/^GIT /, { hang: true });
    await comment(it.world, it.server, { pull, body: 'atlantis version -d net' });
    await waitFor('it to begin', () =>
      it.world.github.requests.slice(asked).some((request) => /^GET .*pulls/.test(request)),
    );
    await comment(it.world, it.server, { pull, body: 'atlantis cancel' });
    await comment(it.world, it.server, { pull, body: 'atlantis plan' });
    await idle(it);
    expect(ownComments(it.world, pull).map(start)).toEqual([...answers, ...answers]);
    expect(underWay(it.world)).toEqual([]);
  });
});
