import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fakeGithub } from '../../../test/fakes/github/index.ts';
import { portFinder } from '../../../test/support/free-port.ts';
import { commitFiles, git, makeBranch, makeRepo } from '../../../test/support/git.ts';
import { listenOn, makeToken, openTestApp } from '../../../test/support/http-app.ts';
import { beginCommandOn } from '../../../test/support/pull-commands.ts';
import { runPolder } from '../../../test/support/run-polder.ts';
import { waitFor } from '../../../test/support/wait-for.ts';

const now = Date.UTC(2026, 0, 2, 3, 4, 5);
const fullName = 'acme/infra';

async function world() {
  const { app, deps, reposDir, delivered } = await openTestApp({ over: { now: () => now } });
  const { url } = await listenOn(app);
  const dir = join(reposDir, fullName);
  await makeRepo(dir, { 'main.tf': '' });
  await makeBranch(dir, 'change');
  const sha = await commitFiles(dir, { 'a.tf': '' }, 'Add a');
  await git(dir, 'switch', '--quiet', '--detach');
  const token = await makeToken(deps, { role: 'maintainer' });
  const env = { POLDER_SERVER: url, POLDER_TOKEN: token };
  const pulls = deps.hosts.byType('Local')?.pulls;
  if (!pulls) throw new Error('no pull requests');
  return { db: deps.db, url, dir, sha, delivered, pulls, polder: (...words: string[]) => polder(words, env) };
}

describe('polder pr', () => {
  it('says why a server cannot be asked', async () => {
    const { polder, url } = await world();
    const asked = async (server: string) => (await polder('pr', 'list', `--server=${server}`)).errors;
    const nobody = `127.0.0.1:${await portFinder()()}`;
    expect(await asked(`http://${nobody}`)).toEqual([`asking http://${nobody}: connect ECONNREFUSED ${nobody}`]);
    const encrypted = url.replace('http:', 'https:');
    expect(await asked(encrypted)).toEqual([`asking ${encrypted}: what answers there is no HTTPS`]);
    const own = `https://${(await fakeGithub()).hostname}`;
    expect(await asked(own)).toEqual([expect.stringMatching(/self-signed certificate[:;] .*NODE_EXTRA_CA_CERTS$/)]);
  });

  it('opens, lists and shows one', async () => {
    const { polder, sha, pulls } = await world();
    const opened = await polder('pr', 'open', fullName, 'change', '--labels=infra,urgent');
    expect(opened.output).toBe(
      'Opened pull request 1 of acme/infra: change into main.\nhttp://polder.test/pulls/1?repo=acme/infra\n',
    );
    const listed = await polder('pr', 'list');
    expect(listed.output).toMatch(
      /^REPOSITORY {2}NUMBER {2}STATE {2}BRANCHES {10}AUTHOR {2,}OPENED {12}TITLE\nacme\/infra {2}1 {7}open {3}change into main {2}token-\S+ {2}2026-01-02 03:04 {2}Add a\n$/,
    );
    const ref = { fullName, number: 1 };
    await pulls.createComment(ref, 'Ran **Plan**\r\n\u001b[31mred');
    const old = await pulls.createComment(ref, 'old news');
    await pulls.hideComments(ref, [old]);
    await pulls.setStatus(
      { ...ref, headSha: sha },
      { context: 'atlantis/plan', state: 'success', description: 'Fine.', targetUrl: null },
    );
    const shown = await polder('pr', 'show', '1');
    expect(shown.output.replace(/token-\S+(?=,)/, 'ada').split('\n')).toEqual([
      'Title      Add a',
      'Number     1 of acme/infra',
      'State      open',
      'Branches   change into main',
      `Commit     ${sha}`,
      'Opened     by ada, 2026-01-02 03:04',
      'Labels     infra, urgent',
      'Approved   no',
      'Mergeable  yes',
      '',
      'STATUS         STATE    WHAT IT SAYS',
      'atlantis/plan  success  Fine.',
      '',
      '--- polder, 2026-01-02 03:04',
      '',
      'Ran **Plan**',
      '[31mred',
      '',
    ]);
    expect(JSON.parse((await polder('pr', 'show', '1', '--json')).output)).toMatchObject({
      number: 1,
      comments: [{ hidden: false }, { hidden: true }],
    });
    expect((await polder('pr', 'list', '--state=closed')).output).toBe('There are no such pull requests.\n');
  });

  it('approves, makes ready and merges one', async () => {
    const { polder, dir, sha } = await world();
    await polder('pr', 'open', fullName, 'change', '--draft', '--title=A change', '--base=main');
    expect((await polder('pr', 'list')).output).toContain('  draft  ');
    expect((await polder('pr', 'ready', '1')).output).toBe('Pull request 1 of acme/infra is ready.\n');
    expect((await polder('pr', 'approve', '1')).output).toBe(`Approved pull request 1 of acme/infra at ${sha}.\n`);
    const back = await polder('pr', 'approve', '1', '--take-back', '--repo=acme/infra');
    expect(back.output).toBe('Took back the approval of pull request 1 of acme/infra.\n');
    const merged = await polder('pr', 'merge', '1', '--method=squash', '--title=All', `--sha=${sha}`);
    const main = await git(dir, 'rev-parse', 'main');
    expect(merged.output).toBe(`Merged pull request 1 of acme/infra: main is at ${main}.\n`);
    expect((await polder('pr', 'show', '1')).output).toMatch(/\nState {5}merged by token-/);
  });

  it('closes one', async () => {
    const { polder } = await world();
    await polder('pr', 'open', fullName, 'change');
    expect((await polder('pr', 'close', '1')).output).toBe('Closed pull request 1 of acme/infra.\n');
    expect(JSON.parse((await polder('pr', 'list', '--state=all', '--json')).output)).toMatchObject([
      { state: 'closed' },
    ]);
  });

  it('comments, and does not wait unless it is asked to', async () => {
    const { polder, delivered } = await world();
    await polder('pr', 'open', fullName, 'change');
    expect((await polder('pr', 'comment', '1', 'atlantis plan')).output).toBe('Commented on pull request 1.\n');
    expect(delivered.at(-1)).toMatchObject({ kind: 'comment', comment: { body: 'atlantis plan' } });
    const json = await polder('pr', 'comment', '1', 'atlantis plan', '--json');
    expect(JSON.parse(json.output)).toMatchObject({ comment: { body: 'atlantis plan' }, answers: [] });
  });

  it('prints answers until no command is left', async () => {
    const { polder, db, delivered, pulls } = await world();
    await polder('pr', 'open', fullName, 'change');
    const ref = { fullName, number: 1 };
    const summary = await pulls.createComment(ref, 'nothing yet');
    const { end } = await beginCommandOn(db, fullName);
    const waiting = polder('pr', 'comment', '1', 'atlantis plan', '--wait');
    await waitFor('the comment', () => delivered.at(-1)?.kind === 'comment');
    await pulls.createComment(ref, 'first');
    await waitFor('the first answer', () => waiting.soFar() === 'first\n\n');
    expect((await polder('pr', 'show', '1')).output).toContain('\nCommand    autoplan, running\n');
    await pulls.createComment(ref, 'second');
    await pulls.updateComment(ref, { id: summary, body: 'all of it' });
    await end();
    const { code, output } = await waiting;
    expect([code, output.split('\n\n').sort()]).toEqual([0, ['', 'all of it', 'first', 'second']]);
  });

  it('says when there is no answer', async () => {
    const { polder } = await world();
    await polder('pr', 'open', fullName, 'change');
    expect(await polder('pr', 'comment', '1', 'hello', '--wait')).toMatchObject({
      code: 1,
      errors: ['waiting for an answer: there is none: was it a command?'],
    });
  });

  it('does not wait for ever', async () => {
    const { polder } = await world();
    await polder('pr', 'open', fullName, 'change');
    expect(await polder('pr', 'comment', '1', 'hello', '--wait', '--timeout=1ms')).toMatchObject({
      code: 1,
      errors: ['waiting for an answer: it takes longer than --timeout'],
    });
  });

  it.each([
    [['pr', 'show', 'x'], 2, '"x" is not the number of a pull request'],
    [['pr', 'show'], 2, 'usage: polder pr show <number> [flags]'],
    [['pr', 'merge', '1', '--method=octopus'], 2, /^invalid --method: /],
    [['pr', 'show', '7'], 1, /^asking http:\S+: there is no pull request 7$/],
    [['pr', 'open', 'acme/nope', 'change'], 1, /: local has no repository "acme\/nope"$/],
  ])('refuses %j', async (words, code, error) => {
    const { polder } = await world();
    const result = await polder(...words);
    expect([result.code, result.output]).toEqual([code, '']);
    expect(result.errors.join('\n')).toMatch(error);
  });
});

function polder(words: readonly string[], env: Record<string, string>) {
  return runPolder(words, { env });
}
