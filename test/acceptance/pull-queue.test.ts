import { request } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/db/index.ts';
import { silentLog } from '../../src/lib/log.ts';
import { apiClient, apiSecret } from '../support/api-client.ts';
import { fakeEngine } from '../support/fake-engine.ts';
import { git } from '../support/git.ts';
import {
  comment,
  type Delivery,
  deliver,
  type FakePull,
  type GithubWorld,
  openGithubWorld,
  ownComments,
  signed,
  statusesOf,
  underWay,
} from '../support/github-world.ts';
import type { TestServer } from '../support/server.ts';
import { waitFor } from '../support/wait-for.ts';

const config = `version: 3
projects:
${['net', 'app'].map((dir) => `- {dir: ${dir}, autoplan: {when_modified: ['*']}}\n`).join('')}`;
const files = {
  ...{ 'atlantis.yaml': config, 'net/main.tf': '', 'app/main.tf': '' },
  ...{ 'net/mark': 'm0', 'app/mark': 'm0', 'net/fake.sh': '' },
};

/** Waits for a word from the test before it plans or applies, so that others can come meanwhile. */
const slow = (command: string, seconds: number) => ({
  'net/fake.sh': `[ $command = ${command} ] && { note at-${command}; sleep ${seconds}; }\n`,
});

type Opened = {
  readonly world: GithubWorld;
  readonly server: TestServer;
  readonly engine: Awaited<ReturnType<typeof fakeEngine>>;
};

async function open(flags: Record<string, string | number | boolean> = {}): Promise<Opened> {
  const engine = await fakeEngine();
  const world = await openGithubWorld({ files, engine: engine.binary, flags });
  return { world, server: await world.start(), engine };
}

function opened({ world, server }: Opened, pull: FakePull) {
  return deliver(server, world.github.pullEvent(world.repo, pull, 'opened'));
}

function pushed({ world, server }: Opened, pull: FakePull) {
  return deliver(server, world.github.pullEvent(world.repo, pull, 'synchronize'));
}

/** Waits until nothing of any pull request is left to be done. */
async function idle({ world }: Opened, timeoutMs = 20_000): Promise<void> {
  const db = await openDatabase({ url: world.databaseUrl, log: silentLog() });
  try {
    await waitFor(
      'the queue to be empty',
      async () => (await db.query.selectFrom('tasks').select('id').execute()).length === 0,
      {
        timeoutMs,
      },
    );
  } finally {
    await db.close();
  }
}

/** The server answers before all of it has been sent, and hangs up. */
function statusOfLarge({ url }: TestServer, { headers, body }: Delivery): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/events`, { method: 'POST', headers }, (response) => resolve(response.statusCode));
    sent.once('error', reject);
    sent.write(body);
  });
}

const start = (body: string) => body.split('\n', 1)[0] ?? '';

describe('the queue of a pull request', () => {
  it('plans what is opened and applies it when a comment says so', async () => {
    const it = await open();
    const pull = await it.world.openPull('change', { 'net/mark': 'm1', 'app/mark': 'm1' });
    expect(await opened(it, pull)).toEqual({ status: 200, text: 'Processing...\n' });
    await waitFor('the plan', () => ownComments(it.world, pull).length === 1);
    expect(await comment(it.world, it.server, { pull, body: 'atlantis apply' })).toEqual({
      status: 200,
      text: 'Processing...\n',
    });
    await waitFor('the apply', () => ownComments(it.world, pull).length === 2);
    await idle(it);
    expect(ownComments(it.world, pull).map(start)).toEqual(['Ran Plan for 2 projects:', 'Ran Apply for 2 projects:']);
    expect(await it.engine.marks()).toEqual(['m1@default', 'm1@default']);
    expect(statusesOf(it.world, pull.headSha)).toMatchObject({
      'atlantis/plan': 'success: 2/2 projects planned successfully.',
      'atlantis/apply': 'success: 2/2 projects applied successfully.',
    });
    expect(underWay(it.world)).toEqual([]);
  });

  it('plans the newest of many pushes, and leaves no status of the others pending', async () => {
    const it = await open();
    const pull = await it.world.openPull('change', { 'net/mark': 'm1', ...slow('plan', 30) });
    await opened(it, pull);
    await waitFor('the first plan', () => it.engine.hasNoted('at-plan'));
    const heads = [pull.headSha];
    for (const mark of ['m2', 'm3', 'm4']) {
      heads.push(await it.world.push(pull, { 'net/mark': mark, 'net/fake.sh': '' }));
      await pushed(it, pull);
    }
    await waitFor('the plan', () => ownComments(it.world, pull).length === 1);
    await idle(it);
    expect(ownComments(it.world, pull).length).toBe(1);
    expect(statusesOf(it.world, heads.at(-1) ?? '')).toMatchObject({
      'atlantis/plan': 'success: 1/1 projects planned successfully.',
    });
    expect(underWay(it.world)).toEqual([]);
    for (const sha of heads.slice(0, -1)) {
      expect(Object.values(statusesOf(it.world, sha)).filter((text) => !text.endsWith(': Plan cancelled.'))).toEqual(
        [],
      );
    }
  });

  it('carries out commands in the order of their coming, and says who waits', async () => {
    const it = await open();
    const pull = await it.world.openPull('change', { 'net/mark': 'm1', ...slow('plan', 1) });
    await opened(it, pull);
    await waitFor('the plan', () => it.engine.hasNoted('at-plan'));
    await comment(it.world, it.server, { pull, body: 'atlantis apply' });
    await comment(it.world, it.server, { pull, body: 'atlantis unlock' });
    await waitFor(
      'the apply to be told its place',
      () => statusesOf(it.world, pull.headSha)['atlantis/apply'] === 'pending: Apply waits for 1 command before it.',
    );
    await idle(it);
    expect(ownComments(it.world, pull).map(start)).toEqual([
      expect.stringContaining('Ran Plan for dir: `net`'),
      expect.stringContaining('Ran Apply for dir: `net`'),
      'All Atlantis locks for this PR have been unlocked and plans discarded',
    ]);
    expect(underWay(it.world)).toEqual([]);
  });

  it('applies no plan that was not to be seen when the apply was asked for', async () => {
    const it = await open();
    const pull = await it.world.openPull('change', { 'net/mark': 'm1' });
    await opened(it, pull);
    await waitFor('the plan', () => ownComments(it.world, pull).length === 1);
    await it.world.push(pull, { 'net/mark': 'm2', ...slow('plan', 1) });
    await pushed(it, pull);
    await waitFor('the plan of the push', () => it.engine.hasNoted('at-plan'));
    await comment(it.world, it.server, { pull, body: 'atlantis apply' });
    await idle(it);
    expect(await it.engine.marks()).toEqual([]);
    expect(ownComments(it.world, pull).at(-1)).toContain('look at its plans, then run `atlantis apply` again');
    await comment(it.world, it.server, { pull, body: 'atlantis apply' });
    await idle(it);
    expect(await it.engine.marks()).toEqual(['m2@default']);
  });

  it('applies no plan that somebody else had made after the apply was asked for', async () => {
    const it = await open();
    const slowly = 'case "$*" in *-destroy*) note at-plan; sleep 1 ;; esac\n';
    const pull = await it.world.openPull('change', { 'net/mark': 'm1', 'net/fake.sh': slowly });
    await opened(it, pull);
    await idle(it);
    const say = (body: string, author = 'ada') => comment(it.world, it.server, { pull, body, author });
    await say('atlantis plan -- -destroy', 'mallory');
    await waitFor('the other plan', () => it.engine.hasNoted('at-plan'));
    await say('atlantis apply');
    await idle(it);
    expect(await it.engine.marks()).toEqual([]);
    expect(ownComments(it.world, pull).at(-1)).toContain('stale plans: mallory has planned the pull request again');
    await say('atlantis plan');
    await say('atlantis apply');
    await idle(it);
    expect(await it.engine.marks()).toEqual(['m1@default']);
  });

  it('says in a comment that a command waits of which no status tells', async () => {
    const it = await open();
    const pull = await it.world.openPull('change', { 'net/mark': 'm1', ...slow('plan', 30) });
    await opened(it, pull);
    await waitFor('the plan', () => it.engine.hasNoted('at-plan'));
    await comment(it.world, it.server, { pull, body: 'atlantis unlock' });
    await waitFor('the word', () => ownComments(it.world, pull).length === 1);
    await comment(it.world, it.server, { pull, body: 'atlantis cancel' });
    await idle(it);
    expect(ownComments(it.world, pull)[0]).toBe('`atlantis unlock` waits until the command before it ends.');
    expect(underWay(it.world)).toEqual([]);
  });

  it('says who waits on a pull request that was there before the server, too', async () => {
    const it = await open();
    const pull = await it.world.openPull('change', { 'net/mark': 'm1', ...slow('plan', 1) });
    await comment(it.world, it.server, { pull, body: 'atlantis plan' });
    await waitFor('the plan', () => it.engine.hasNoted('at-plan'));
    await comment(it.world, it.server, { pull, body: 'atlantis apply' });
    await waitFor(
      'the apply to be told its place',
      () => statusesOf(it.world, pull.headSha)['atlantis/apply'] === 'pending: Apply waits for 1 command before it.',
    );
    await idle(it);
    expect(await it.engine.marks()).toEqual(['m1@default']);
    expect(underWay(it.world)).toEqual([]);
  });

  it('stops what runs and drops what waits when it is told to cancel', async () => {
    const it = await open();
    const pull = await it.world.openPull('change', { 'net/mark': 'm1', ...slow('plan', 30) });
    await opened(it, pull);
    await waitFor('the plan', () => it.engine.hasNoted('at-plan'));
    await comment(it.world, it.server, { pull, body: 'atlantis apply' });
    await comment(it.world, it.server, { pull, body: 'atlantis plan' });
    await comment(it.world, it.server, { pull, body: 'atlantis cancel' });
    await waitFor('both answers', () => ownComments(it.world, pull).length === 2);
    await idle(it);
    expect(ownComments(it.world, pull).map(start).sort()).toEqual([
      'Cancelled all queued operations for this pull request. What is running is being stopped, and tells how far it came.',
      expect.stringContaining('Ran Plan for dir: `net`'),
    ]);
    expect(underWay(it.world)).toEqual([]);
    expect(await it.engine.marks()).toEqual([]);
  });

  it('stops what runs before the host has answered', async () => {
    const it = await open();
    const pull = await it.world.openPull('change', { 'net/mark': 'm1', ...slow('plan', 60) });
    await opened(it, pull);
    await waitFor('the plan', () => it.engine.hasNoted('at-plan'));
    it.world.github.fail(/GET .*\/pulls\/\d+$/, { status: 502 }, 8);
    await comment(it.world, it.server, { pull, body: 'atlantis cancel' });
    await idle(it);
    expect(ownComments(it.world, pull).map(start).sort()).toEqual([
      expect.stringContaining('Ran Plan for dir: `net`'),
      'What is running is being stopped, and tells how far it came.',
    ]);
    expect(underWay(it.world)).toEqual([]);
  });

  it('stops a plan when the pull request is closed, and holds nothing any more', async () => {
    const it = await open();
    const pull = await it.world.openPull('change', { 'net/mark': 'm1', ...slow('plan', 30) });
    await opened(it, pull);
    await waitFor('the plan', () => it.engine.hasNoted('at-plan'));
    pull.state = 'closed';
    expect(await deliver(it.server, it.world.github.pullEvent(it.world.repo, pull, 'closed'))).toEqual({
      status: 200,
      text: 'Pull request cleaned successfully\n',
    });
    await idle(it);
    expect(await apiClient(it.server.url).locks()).toEqual([]);
    expect(underWay(it.world)).toEqual([]);
    pull.state = 'open';
    await it.world.push(pull, { 'net/fake.sh': '' });
    await pushed(it, pull);
    await waitFor('the plan', () => ownComments(it.world, pull).some((body) => body.includes('Plan: 1 to add')));
  });

  it('lets an apply end before it cleans up after a pull request that is closed', async () => {
    const it = await open();
    const pull = await it.world.openPull('change', { 'net/mark': 'm1', ...slow('apply', 1) });
    await opened(it, pull);
    await waitFor('the plan', () => ownComments(it.world, pull).length === 1);
    await comment(it.world, it.server, { pull, body: 'atlantis apply' });
    await waitFor('the apply', () => it.engine.hasNoted('at-apply'));
    pull.state = 'closed';
    await deliver(it.server, it.world.github.pullEvent(it.world.repo, pull, 'closed'));
    await idle(it);
    expect(await it.engine.marks()).toEqual(['m1@default']);
    expect(ownComments(it.world, pull).map(start)).toEqual([
      expect.stringContaining('Ran Plan for dir: `net`'),
      expect.stringContaining('Ran Apply for dir: `net`'),
      'Locks and plans deleted for the projects and workspaces modified in this pull request:',
    ]);
    expect(await apiClient(it.server.url).locks()).toEqual([]);
    expect(underWay(it.world)).toEqual([]);
  });

  it('keeps the lock of a project that an apply is at work on, whoever deletes it', async () => {
    const it = await open();
    const pull = await it.world.openPull('change', { 'net/mark': 'm1', ...slow('apply', 2) });
    await opened(it, pull);
    await waitFor('the plan', () => ownComments(it.world, pull).length === 1);
    await comment(it.world, it.server, { pull, body: 'atlantis apply' });
    await waitFor('the apply', () => it.engine.hasNoted('at-apply'));
    const deleted = await fetch(`${it.server.url}/locks?id=${encodeURIComponent('acme/infra/net/default/')}`, {
      method: 'DELETE',
    });
    expect([deleted.ok, await deleted.text()]).toEqual([false, expect.stringContaining('is going on')]);
    await idle(it);
    expect(await it.engine.marks()).toEqual(['m1@default']);
    expect((await apiClient(it.server.url).locks()).length).toBe(1);
  });

  it('keeps the lock that a run of the API works under when a push leaves its project out', async () => {
    const it = await open();
    const pull = await it.world.openPull('change', { 'net/mark': 'm1', 'app/mark': 'm1' });
    await opened(it, pull);
    await waitFor('the plan', () => ownComments(it.world, pull).length === 1);
    await it.world.push(pull, slow('plan', 5));
    const order = { Repository: 'acme/infra', Type: 'Github', Ref: 'change', PR: pull.number, Projects: [] };
    const asked = fetch(`${it.server.url}/api/plan`, {
      method: 'POST',
      headers: { 'x-atlantis-token': apiSecret },
      body: JSON.stringify({ ...order, Paths: [{ Directory: 'net' }] }),
    });
    await waitFor('the plan of the API', () => it.engine.hasNoted('at-plan'));
    await it.world.push(pull, { 'net/mark': 'm0', 'net/fake.sh': '' });
    await pushed(it, pull);
    await waitFor('the plan', () => ownComments(it.world, pull).length === 2);
    const folders = (await apiClient(it.server.url).locks()).map(({ Name }) => Name);
    expect(folders).toEqual(['acme/infra/net/default/', 'acme/infra/app/default/']);
    expect((await asked).status).toBe(200);
    await idle(it);
  });

  /** The first of two projects is being applied. */
  async function whileApplying() {
    const it = await open();
    const script = '[ $command = apply ] && { note at-apply; sleep 2; }\n';
    const pull = await it.world.openPull('change', { 'app/mark': 'm1', 'app/fake.sh': script, 'net/mark': 'm1' });
    await opened(it, pull);
    await waitFor('the plan', () => ownComments(it.world, pull).length === 1);
    await comment(it.world, it.server, { pull, body: 'atlantis apply' });
    await waitFor('the apply of the first', () => it.engine.hasNoted('at-apply'));
    return { it, pull };
  }

  it('applies nothing more once a push has moved the head', async () => {
    const { it, pull } = await whileApplying();
    await it.world.push(pull, { 'net/mark': 'm2' });
    await idle(it);
    expect(await it.engine.marks()).toEqual(['m1@default']);
    expect(ownComments(it.world, pull).at(-1)).toContain('stale command head: pull request head changed from');
  });

  it('applies nothing more once the pull request is closed without a merge', async () => {
    const { it, pull } = await whileApplying();
    pull.state = 'closed';
    await deliver(it.server, it.world.github.pullEvent(it.world.repo, pull, 'closed'));
    await idle(it);
    expect(await it.engine.marks()).toEqual(['m1@default']);
    expect(ownComments(it.world, pull).at(-2)).toContain('the pull request was closed while apply was running');
    expect(await apiClient(it.server.url).locks()).toEqual([]);
    expect(underWay(it.world)).toEqual([]);
  });
});

describe('a host that does not do its part', () => {
  it('ends a command whose answer it refuses for good', async () => {
    const it = await open();
    const pull = await it.world.openPull('change', { 'net/mark': 'm1' });
    it.world.github.fail(/POST .*\/comments$/, { status: 403, body: { message: 'Resource not accessible' } }, 50);
    await opened(it, pull);
    await waitFor('the plan', () => (statusesOf(it.world, pull.headSha)['atlantis/plan'] ?? '').startsWith('success'));
    await idle(it);
    expect(underWay(it.world)).toEqual([]);
  });

  it('gets a status again that it has refused for a moment', async () => {
    const it = await open();
    const pull = await it.world.openPull('change', { 'net/mark': 'm1', ...slow('plan', 1) });
    await opened(it, pull);
    const started = () =>
      statusesOf(it.world, pull.headSha)['atlantis/plan: net/default'] === 'pending: Plan in progress...';
    await waitFor('the plan to be told', started);
    it.world.github.fail(/POST .*\/statuses/, { status: 403, body: { message: 'Resource not accessible' } }, 5);
    await waitFor('the plan', () => ownComments(it.world, pull).length > 0);
    await idle(it);
    expect(underWay(it.world)).toEqual([]);
    expect(statusesOf(it.world, pull.headSha)['atlantis/plan']).toBe('success: 1/1 projects planned successfully.');
  });

  it('is told once it answers again', async () => {
    const it = await open();
    const pull = await it.world.openPull('change', { 'net/mark': 'm1' });
    it.world.github.fail(/POST .*\/comments$/, { status: 502 }, 3);
    it.world.github.fail(/POST .*\/comments$/, { drop: 'done' }, 1);
    it.world.github.fail(/POST .*\/statuses/, { status: 500 }, 6);
    await opened(it, pull);
    await waitFor('the plan', () => ownComments(it.world, pull).length > 0, { timeoutMs: 30_000 });
    await idle(it, 30_000);
    expect(ownComments(it.world, pull).map(start)).toEqual([expect.stringContaining('Ran Plan for dir: `net`')]);
    expect(underWay(it.world)).toEqual([]);
  });

  it('waits for its rate limit', async () => {
    const it = await open();
    const pull = await it.world.openPull('change', { 'net/mark': 'm1' });
    const limited = { status: 403, headers: { 'retry-after': '1' }, body: { message: 'API rate limit exceeded' } };
    it.world.github.fail(/POST .*/, limited, 3);
    it.world.github.fail(/GET .*/, limited, 2);
    await opened(it, pull);
    await waitFor('the plan', () => ownComments(it.world, pull).length > 0, { timeoutMs: 30_000 });
    await idle(it, 30_000);
    expect(ownComments(it.world, pull).length).toBe(1);
    expect(underWay(it.world)).toEqual([]);
  });
});

describe('POST /events', () => {
  it('does nothing twice for a delivery that is sent twice, or replayed under another id', async () => {
    const it = await open();
    const pull = await it.world.openPull('change', { 'net/mark': 'm1' });
    const written = it.world.github.addComment(pull, 'atlantis plan');
    const delivery = it.world.github.commentEvent(it.world.repo, pull, written);
    const answers = await Promise.all(Array.from({ length: 5 }, () => deliver(it.server, delivery)));
    expect(answers).toEqual(answers.map(() => ({ status: 200, text: 'Processing...\n' })));
    for (const again of [delivery, signed('issue_comment', delivery.body)])
      expect(await deliver(it.server, again)).toEqual(answers[0]);
    await idle(it).then(() => expect(ownComments(it.world, pull).length).toBe(1));
  });

  it('believes nothing that is not signed with its secret', async () => {
    const it = await open();
    const pull = await it.world.openPull('change', { 'net/mark': 'm1' });
    const { headers, body } = it.world.github.pullEvent(it.world.repo, pull, 'opened');
    const { 'x-hub-signature-256': signature = '', ...unsigned } = headers;
    const forged = [
      unsigned,
      { ...headers, 'x-hub-signature-256': '' },
      { ...headers, 'x-hub-signature-256': 'sha256=' },
      { ...headers, 'x-hub-signature-256': signature.slice(0, -1) },
      { ...headers, 'x-hub-signature-256': signature.replace(/..$/, (end) => (end === '00' ? '11' : '00')) },
      { ...unsigned, 'x-hub-signature': 'sha1=da39a3ee5e6b4b0d3255bfef95601890afd80709' },
    ];
    for (const wrong of forged) expect((await deliver(it.server, { headers: wrong, body })).status).toBe(400);
    expect((await deliver(it.server, { headers, body: `${body} ` })).status).toBe(400);
    await idle(it);
    expect(ownComments(it.world, pull)).toEqual([]);
  });

  it('takes 25 MB, and no more', async () => {
    const it = await open();
    const pull = await it.world.openPull('change', { 'net/mark': 'm1' });
    const { body } = it.world.github.pullEvent(it.world.repo, pull, 'opened');
    const padded = `${' '.repeat(25 * 1024 * 1024 - Buffer.byteLength(body))}${body}`;
    expect(await deliver(it.server, signed('pull_request', padded))).toEqual({ status: 200, text: 'Processing...\n' });
    expect(await statusOfLarge(it.server, signed('pull_request', ` ${padded}`))).toBe(413);
    await waitFor('the plan', () => ownComments(it.world, pull).length > 0);
  });

  it('keeps a comment of 10,000 lines out of the command', async () => {
    const it = await open();
    const pull = await it.world.openPull('change', { 'net/mark': 'm1' });
    const lines = Array.from({ length: 10_000 }, (_, index) => `line ${index} $(rm -rf /) \u001b[31m\``).join('\n');
    expect((await comment(it.world, it.server, { pull, body: `atlantis plan\n${lines}` })).status).toBe(200);
    expect((await comment(it.world, it.server, { pull, body: `${lines}\natlantis apply` })).status).toBe(200);
    await idle(it);
    expect((await it.engine.starts()).filter(({ command }) => command !== 'version')).toEqual([]);
    expect(underWay(it.world)).toEqual([]);
  });

  it('leaves alone what repositories say that are not on the allow-list', async () => {
    const it = await open({ 'repo-allowlist': 'elsewhere.example/acme/*' });
    const pull = await it.world.openPull('change', { 'net/mark': 'm1' });
    expect((await opened(it, pull)).status).toBe(403);
    expect((await comment(it.world, it.server, { pull, body: 'atlantis plan' })).status).toBe(403);
    await idle(it);
    expect(ownComments(it.world, pull)).toEqual(
      Array(2).fill('```\nError: This repo is not allowlisted for Atlantis.\n```'),
    );
  });

  it('fetches nothing of a fork that it does not work on', async () => {
    const it = await open();
    const ours = await it.world.openPull('change', { 'net/mark': 'm1' });
    const theirs = it.world.github.openPull('acme/infra', { headBranch: 'change', headRepo: 'ada/infra' });
    await opened(it, theirs);
    await opened(it, ours);
    await idle(it);
    expect(ownComments(it.world, theirs)).toEqual([expect.stringContaining('fork')]);
    const mirror = join(it.world.dataDir, 'polder/repos/1/mirror.git');
    expect(await git(mirror, 'for-each-ref', '--format=%(refname)')).toBe('refs/heads/change\nrefs/heads/main');
  });

  it('works on after a restart on what was taken while the server ended', async () => {
    const it = await open();
    const pull = await it.world.openPull('change', { 'net/mark': 'm1', ...slow('plan', 2) });
    const other = await it.world.openPull('other', { 'app/mark': 'm2' });
    await opened(it, pull);
    await waitFor('the plan', () => it.engine.hasNoted('at-plan'));
    const ending = it.server.stop('SIGTERM');
    await waitFor('the draining', async () => (await fetch(`${it.server.url}/readyz`)).status === 503);
    expect(await opened(it, other)).toEqual({ status: 200, text: 'Processing...\n' });
    expect(await ending).toEqual({ code: 0, signal: null });
    expect(ownComments(it.world, pull).length).toBe(1);
    expect(ownComments(it.world, other)).toEqual([]);
    await it.world.start();
    await waitFor('the plan', () => ownComments(it.world, other).length === 1);
    await idle(it);
    expect(underWay(it.world)).toEqual([]);
  });
});
