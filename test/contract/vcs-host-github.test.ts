import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fetchMirror, openGit, resolveRef } from '../../src/git/index.ts';
import { silentLog } from '../../src/lib/log.ts';
import type { GithubHostOptions } from '../../src/vcs/github/index.ts';
import { fakeGithub } from '../fakes/github/index.ts';
import { commitFiles, git, makeBareRepo, makeBranch, makeRepo } from '../support/git.ts';
import { githubOf } from '../support/hosts.ts';
import { temporaryDir } from '../support/temp.ts';
import { describeTroubledHost } from './troubled-host.ts';
import { describeVcsHost, type HostWorld } from './vcs-host.ts';

async function githubWorld(): Promise<HostWorld> {
  const github = await fakeGithub();
  const repo = github.addRepo('acme/infra');
  repo.files.set('atlantis.yaml', 'version: 3\n');
  const pullOf = (number: number) => {
    const pull = repo.pulls.get(number);
    if (!pull) throw new Error(`no pull request ${number}`);
    return pull;
  };
  const commentOf = (number: number, id: string) => pullOf(number).comments.find((one) => String(one.id) === id);
  const states = { approve: 'APPROVED', request_changes: 'CHANGES_REQUESTED', remark: 'COMMENTED' };
  return {
    host: githubOf(github),
    login: github.state.login,
    openPull: ({ files = [], labels = [], ...given } = {}) =>
      github.openPull('acme/infra', {
        ...given,
        labels: [...labels],
        files: files.map(({ path, from }) =>
          from === undefined
            ? { filename: path, status: 'modified' }
            : { filename: path, status: 'renamed', previous_filename: from },
        ),
      }),
    closePull: (number) => void Object.assign(pullOf(number), { state: 'closed' }),
    review: (number, login, verdict) =>
      void pullOf(number).reviews.push({ id: github.state.nextId++, login, state: states[verdict] }),
    addComment: (number, body) => String(github.addComment(pullOf(number), body).id),
    isHidden: (number, id) => commentOf(number, id)?.minimised === true,
    reactions: (number, id) => commentOf(number, id)?.reactions ?? [],
    statuses: (sha) => {
      const ofSha = repo.statuses.filter((status) => status.sha === sha);
      return Object.fromEntries(
        ofSha.map(({ context, state, description, targetUrl }) => [context, { state, description, targetUrl }]),
      );
    },
    conflict: (number) => void Object.assign(pullOf(number), { mergeableState: 'dirty' }),
    isMerged: (number) => pullOf(number).merged,
    addTeam: ({ slug, members, above = [] }) =>
      void github.state.teams.push({ org: 'acme', slug, members: [...members], above: [...above] }),
  };
}

describeVcsHost('GitHub', githubWorld);

describeTroubledHost('GitHub', {
  make: async () => {
    const github = await fakeGithub();
    github.addRepo('acme/infra');
    const { number, headSha, comments } = github.openPull('acme/infra');
    return {
      server: github,
      ref: { fullName: 'acme/infra', number },
      headSha,
      comments: () => comments.map(({ body }) => body),
      client: (changed = {}) => githubOf(github, changed),
      stranger: () => githubOf(github, { credentials: { kind: 'token', user: 'x', token: async () => 'wrong' } }),
    };
  },
  requests: { read: /GET .*pulls/, comment: /POST .*comments/, merge: /PUT .*merge/, status: /POST .*statuses/ },
  limited: {
    status: 403,
    headers: { 'retry-after': '1' },
    body: { message: 'You have exceeded a secondary rate limit' },
  },
  otherObject: { number: 'one' },
});

async function withPull(changed: Partial<GithubHostOptions> = {}) {
  const github = await fakeGithub({ webhookSecret: 'secret' });
  const repo = github.addRepo('acme/infra');
  const pull = github.openPull('acme/infra');
  const ref = { fullName: 'acme/infra', number: pull.number };
  const host = githubOf(github, changed);
  return { github, repo, pull, ref, host, pulls: host.pulls };
}

describe('githubHost, when GitHub is in trouble', () => {
  it('does not wait for a rate limit that lasts too long, and says until when', async () => {
    const { github, ref, pulls } = await withPull();
    const reset = Math.ceil(Date.now() / 1000) + 1800;
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(reset) };
    github.fail(/GET .*pulls/, { status: 403, headers, body: { message: 'API rate limit exceeded' } });
    const unavailable = { code: 'host_unavailable', details: { retryAt: reset * 1000 } };
    await expect(pulls.getPull(ref)).rejects.toMatchObject(unavailable);
    await expect(pulls.createComment(ref, 'x')).rejects.toMatchObject(unavailable);
    expect(github.requests).toEqual([]);
  });

  it('tells a plain refusal from a rate limit', async () => {
    const { github, ref, pulls } = await withPull();
    github.fail(/POST .*comments/, { status: 403, body: { message: 'Resource not accessible' } });
    await expect(pulls.createComment(ref, 'x')).rejects.toMatchObject({
      code: 'host_refused',
      details: { status: 403 },
    });
  });

  it('does not follow a next page to another server', async () => {
    const { github, ref, pulls } = await withPull();
    const headers = { 'content-type': 'application/json', link: '<https://evil.example.com/x>; rel="next"' };
    github.fail(/GET .*files/, { status: 200, headers, body: [] });
    await expect(pulls.listChangedFiles(ref)).rejects.toMatchObject({ code: 'host_refused' });
  });

  it('ends a list whose next page is always another', async () => {
    const { github, ref, pulls } = await withPull();
    const link = `<https://${github.hostname}/api/v3/repos/acme/infra/pulls/1/files?page=2>; rel="next"`;
    const headers = { 'content-type': 'application/json', link };
    github.fail(/GET .*files/, { status: 200, headers, body: [{ filename: 'a' }] }, 1000);
    expect(await pulls.listChangedFiles(ref)).toEqual({ paths: ['a'], complete: false });
  });
});

describe('githubHost', () => {
  it('waits until GitHub has worked out whether a pull request can be merged', async () => {
    const { github, ref, pull, pulls } = await withPull({ pollMs: 100 });
    pull.mergeableState = 'unknown';
    const asked = pulls.getMergeability(ref, () => false);
    await expect.poll(() => github.requests.length).toBeGreaterThan(0);
    pull.mergeableState = 'clean';
    expect(await asked).toEqual({ mergeable: true });
  });

  it('may look past required statuses of our own', async () => {
    const { repo, ref, pull, pulls } = await withPull({ allowMergeableBypass: true });
    Object.assign(pull, { mergeableState: 'blocked', requiredContexts: ['atlantis/apply', 'ci'] });
    const ignores = (context: string) => context.startsWith('atlantis/apply');
    const reason = 'PR is in state blocked, and cannot bypass mergeable requirements';
    expect(await pulls.getMergeability(ref, ignores)).toEqual({ mergeable: false, reason });
    repo.statuses.push({ sha: pull.headSha, context: 'ci', state: 'success', description: '', targetUrl: null });
    expect(await pulls.getMergeability(ref, ignores)).toEqual({ mergeable: true });
    pull.reviewDecision = 'REVIEW_REQUIRED';
    expect(await pulls.getMergeability(ref, ignores)).toEqual({ mergeable: false, reason });
  });

  it('does not wait for checks of rules that are only tried out', async () => {
    const { repo, ref, pull, pulls } = await withPull({ allowMergeableBypass: true });
    const status = { sha: pull.headSha, state: 'failure', description: '', targetUrl: null };
    repo.statuses.push({ ...status, context: 'lint' });
    Object.assign(pull, { mergeableState: 'blocked', rules: [{ enforcement: 'EVALUATE', contexts: ['lint'] }] });
    expect(await pulls.getMergeability(ref, () => false)).toEqual({ mergeable: true });
    pull.rules.push({ enforcement: 'ACTIVE', contexts: ['lint'] });
    expect(await pulls.getMergeability(ref, () => false)).toMatchObject({ mergeable: false });
  });

  it('looks through all checks and rules, however many pages they take', async () => {
    const { repo, ref, pull, pulls } = await withPull({ allowMergeableBypass: true });
    const names = Array.from({ length: 250 }, (_, index) => `check-${index}`);
    const set = (context: string, state: string) =>
      repo.statuses.push({ sha: pull.headSha, context, state, description: '', targetUrl: null });
    for (const name of names) set(name, 'success');
    Object.assign(pull, {
      mergeableState: 'blocked',
      rules: names.slice(0, 150).map((name) => ({ enforcement: 'ACTIVE', contexts: [name] })),
      requiredContexts: ['check-249', 'atlantis/apply'],
    });
    const isBypassed = async () =>
      (await pulls.getMergeability(ref, (context) => context.startsWith('atlantis/apply'))).mergeable;
    expect(await isBypassed()).toBe(true);
    set('check-149', 'failure');
    expect(await isBypassed()).toBe(false);
    set('check-149', 'success');
    set('check-249', 'failure');
    expect(await isBypassed()).toBe(false);
  });

  it('takes a workflow that a ruleset requires for passed when its newest run has passed', async () => {
    const { github, ref, pull, pulls } = await withPull({ allowMergeableBypass: true });
    const rules = github.addRepo('acme/rules');
    const path = '.github/workflows/scan.yml';
    Object.assign(pull, {
      mergeableState: 'blocked',
      rules: [{ enforcement: 'ACTIVE', workflows: [{ path, repositoryId: rules.id }] }],
    });
    const isBypassed = async () => (await pulls.getMergeability(ref, () => false)).mergeable;
    expect(await isBypassed()).toBe(false);
    const run = (number: number, conclusion: string | null, repo = rules.fullName) =>
      pull.workflowRuns.push({ number, path, repo, conclusion });
    run(1, 'SUCCESS', 'acme/infra');
    expect(await isBypassed()).toBe(false);
    run(3, 'SUCCESS');
    run(2, 'FAILURE');
    expect(await isBypassed()).toBe(true);
    run(4, null);
    expect(await isBypassed()).toBe(false);
  });

  it('knows no teams of a person, who owns a repo', async () => {
    const { pulls } = await withPull();
    expect(await pulls.listTeams('ada/infra', 'ada')).toEqual([]);
  });

  it('hides the other comments when one of them is deleted meanwhile', async () => {
    const { github, ref, pull, pulls } = await withPull();
    const [one, two] = ['one', 'two'].map((body) => github.addComment(pull, body));
    github.state.beforeMutation = () => void pull.comments.shift();
    await pulls.hideComments(ref, [String(one?.id), String(two?.id)]);
    expect(two?.minimised).toBe(true);
  });

  it('shows nobody the page that a proxy answers with', async () => {
    const { github, ref, pull, pulls } = await withPull();
    const headers = { 'content-type': 'text/html' };
    github.fail(/PUT .*merge/, { status: 403, headers, body: '<html>Blocked by your company</html>' });
    const merged = await pulls.mergePull(ref, { headSha: pull.headSha, method: null, title: null });
    expect(merged).toEqual({ kind: 'refused', message: 'merging pull request: status 403' });
  });

  it('refuses a way of merging that the repo does not allow', async () => {
    const { repo, ref, pull, pulls } = await withPull();
    repo.allowed.squash = false;
    expect(await pulls.mergePull(ref, { headSha: pull.headSha, method: 'squash', title: null })).toEqual({
      kind: 'refused',
      message: "merge method 'squash' is not allowed by the repository Pull Request settings",
    });
  });

  it('hides many comments with one change', async () => {
    const { github, ref, pull, pulls } = await withPull();
    const ids = Array.from({ length: 40 }, (_, index) => String(github.addComment(pull, `${index}`).id));
    await pulls.hideComments(ref, ids);
    expect(github.requests).toEqual(['QUERY', 'MUTATION']);
    expect(pull.comments.every(({ minimised }) => minimised)).toBe(true);
  });

  it('says that the 3,000 files GitHub tells may not be all', async () => {
    const { ref, pull, pulls } = await withPull();
    pull.files = Array.from({ length: 3100 }, (_, index) => ({ filename: `${index}.tf`, status: 'added' }));
    const { paths, complete } = await pulls.listChangedFiles(ref);
    expect([paths.length, complete]).toEqual([3000, false]);
  });

  it('reads the events that the fake sends', async () => {
    const { github, repo, pull, host } = await withPull();
    const comment = github.addComment(pull, 'atlantis apply', 'bob');
    const deliveries = [github.pullEvent(repo, pull, 'opened'), github.commentEvent(repo, pull, comment)];
    const readings = deliveries.map(({ headers, body }) => host.webhooks?.readEvent(Buffer.from(body), headers));
    expect(readings).toMatchObject([
      { kind: 'event', event: { kind: 'pull_opened', pull: { headSha: pull.headSha } } },
      { kind: 'event', event: { kind: 'comment', comment: { id: String(comment.id), author: 'bob' } } },
    ]);
  });

  it.each(['pkcs1', 'pkcs8'] as const)('works as an app whose key is %s, and fetches as it', async (type) => {
    const reposDir = await temporaryDir();
    const work = join(reposDir, 'work');
    await makeRepo(work, { 'main.tf': '' });
    await makeBranch(work, 'change');
    const headSha = await commitFiles(work, { 'a.tf': '' });
    await makeBareRepo(join(reposDir, 'acme/infra.git'), work);
    await git(join(reposDir, 'acme/infra.git'), 'config', 'http.receivepack', 'false');
    const github = await fakeGithub({ reposDir });
    github.addRepo('acme/infra');
    const pull = github.openPull('acme/infra');
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = privateKey.export({ type, format: 'pem' }).toString().replaceAll('\n', '\\n');
    const app = { kind: 'app', appId: 7, privateKey: pem, installationId: null, slug: null } as const;
    const host = githubOf(github, { credentials: app });

    expect(await host.pulls.listChangedFiles({ fullName: 'acme/infra', number: pull.number })).toMatchObject({
      paths: ['a.tf'],
    });
    expect(await host.pulls.ownLogin()).toBe('octoapp[bot]');
    const repo = await host.findRepo('acme/infra');
    if (!repo) throw new Error('not found');
    const env = { ...process.env, GIT_SSL_CAINFO: github.certificateFile };
    const deps = await openGit({ dataDir: join(reposDir, 'data'), log: silentLog(), env });
    await fetchMirror(deps, { id: 1, ...repo });
    expect(await resolveRef(deps, 1, 'change')).toMatchObject({ kind: 'commit', sha: headSha });
  });

  it('asks for another token before the one of the app expires', async () => {
    const github = await fakeGithub();
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    let passed = 0;
    const credentials = { kind: 'app', appId: 7, privateKey: pem, installationId: 1, slug: null } as const;
    const host = githubOf(github, { credentials, now: () => Date.now() + passed });
    const token = async () => (await host.gitAccess?.())?.credentials.password;
    const first = await token();
    passed = 45 * 60_000;
    expect(await token()).toBe(first);
    passed = 51 * 60_000;
    expect(await token()).not.toBe(first);
  });

  describe('as an app that is installed anew while the server runs', () => {
    const installed = async (installationId: number | null) => {
      const github = await fakeGithub();
      github.addRepo('acme/infra');
      const { number } = github.openPull('acme/infra');
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
      const host = githubOf(github, {
        credentials: { kind: 'app', appId: 7, privateKey: pem, installationId, slug: 'x' },
      });
      const getPull = () => host.pulls.getPull({ fullName: 'acme/infra', number });
      expect(await getPull()).toMatchObject({ number });
      const uninstall = (...installations: number[]) => {
        github.state.tokens.clear();
        github.state.app.installations = installations;
      };
      return { number, host, getPull, uninstall };
    };

    it('works as the new installation', async () => {
      const { number, getPull, uninstall } = await installed(null);
      uninstall(2);
      expect(await getPull()).toMatchObject({ number });
    });

    it('says that it is not installed, and not that there is no such pull request', async () => {
      const { host, getPull, uninstall } = await installed(1);
      uninstall();
      const refusal = { code: 'host_refused', message: expect.stringContaining('is the app installed?') };
      await expect(getPull()).rejects.toMatchObject(refusal);
      await expect(host.gitAccess?.()).rejects.toMatchObject(refusal);
    });
  });

  it('refuses a key that is none', async () => {
    const github = await fakeGithub();
    const credentials = { kind: 'app', appId: 7, privateKey: 'x', installationId: 1, slug: null } as const;
    expect(() => githubOf(github, { credentials })).toThrow('expected a private key in PEM');
  });
});
