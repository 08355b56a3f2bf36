import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fetchMirror, openGit, resolveRef } from '../../src/git/index.ts';
import { silentLog } from '../../src/lib/log.ts';
import type { GiteaHostOptions } from '../../src/vcs/gitea/index.ts';
import { githubHost } from '../../src/vcs/github/index.ts';
import { fakeGitea } from '../fakes/gitea/index.ts';
import { commitFiles, makeBareRepo, makeBranch, makeRepo } from '../support/git.ts';
import { giteaOf } from '../support/hosts.ts';
import { temporaryDir } from '../support/temp.ts';
import { describeTroubledHost } from './troubled-host.ts';
import { describeVcsHost, type HostWorld } from './vcs-host.ts';

async function giteaWorld(flavour: 'gitea' | 'forgejo'): Promise<HostWorld> {
  const gitea = await fakeGitea({ flavour, path: flavour === 'forgejo' ? '/git' : '' });
  const repo = gitea.addRepo('acme/infra');
  repo.files.set('atlantis.yaml', 'version: 3\n');
  const pullOf = (number: number) => {
    const pull = repo.pulls.get(number);
    if (!pull) throw new Error(`no pull request ${number}`);
    return pull;
  };
  const commentOf = (number: number, id: string) => pullOf(number).comments.find((one) => String(one.id) === id);
  const states = { approve: 'APPROVED', request_changes: 'REQUEST_CHANGES', remark: 'COMMENT' } as const;
  return {
    host: giteaOf(gitea),
    login: gitea.state.login,
    openPull: ({ files = [], labels = [], draft = false, ...given } = {}) =>
      gitea.openPull('acme/infra', {
        ...given,
        ...(draft ? { title: 'WIP: A change' } : {}),
        labels: [...labels],
        files: files.map(({ path, from }) =>
          from === undefined
            ? { filename: path, status: 'changed' }
            : { filename: path, status: 'renamed', previous_filename: from },
        ),
      }),
    closePull: (number) => void Object.assign(pullOf(number), { state: 'closed' }),
    review: (number, login, verdict) =>
      void pullOf(number).reviews.push({ id: gitea.state.nextId++, login, state: states[verdict], dismissed: false }),
    addComment: (number, body) => String(gitea.addComment(pullOf(number), body).id),
    isHidden: (number, id) => commentOf(number, id)?.body.includes('<details><summary>Superseded') === true,
    reactions: (number, id) => commentOf(number, id)?.reactions ?? [],
    statuses: (sha) => {
      const ofSha = repo.statuses.filter((status) => status.sha === sha);
      return Object.fromEntries(
        ofSha.map(({ context, state, description, targetUrl }) => [context, { state, description, targetUrl }]),
      );
    },
    conflict: (number) => void Object.assign(pullOf(number), { hasConflict: true }),
    isMerged: (number) => pullOf(number).merged,
    addTeam: () => undefined,
  };
}

describeVcsHost('Gitea', () => giteaWorld('gitea'));
describeVcsHost('Forgejo below a path', () => giteaWorld('forgejo'));

describeTroubledHost('Gitea', {
  make: async () => {
    const gitea = await fakeGitea();
    gitea.addRepo('acme/infra');
    const { number, headSha, comments } = gitea.openPull('acme/infra');
    return {
      server: gitea,
      ref: { fullName: 'acme/infra', number },
      headSha,
      comments: () => comments.map(({ body }) => body),
      client: (changed = {}) => giteaOf(gitea, { ...changed, random: () => 0 }),
      stranger: () => giteaOf(gitea, { token: 'wrong' }),
    };
  },
  requests: { read: /GET .*pulls/, comment: /POST .*comments/, merge: /POST .*merge/, status: /POST .*statuses/ },
  // Of a proxy in front: Gitea itself has no limit.
  limited: { status: 429, headers: { 'retry-after': '1' } },
  otherObject: { number: 'one' },
});

async function withPull(changed: Partial<GiteaHostOptions> = {}) {
  const gitea = await fakeGitea({ webhookSecret: 'secret' });
  const repo = gitea.addRepo('acme/infra');
  const pull = gitea.openPull('acme/infra');
  const ref = { fullName: 'acme/infra', number: pull.number };
  const host = giteaOf(gitea, changed);
  return { gitea, repo, pull, ref, host, pulls: host.pulls };
}

describe('giteaHost, when Gitea is in trouble', () => {
  it('says what Gitea said when it refused', async () => {
    const { gitea, ref, pulls } = await withPull();
    gitea.fail(/POST .*comments/, { status: 423, body: { message: 'acme/infra is archived' } });
    await expect(pulls.createComment(ref, 'x')).rejects.toMatchObject({
      code: 'host_refused',
      message: 'asking Gitea (POST /repos/{fullName}/issues/{index}/comments): acme/infra is archived',
      details: { status: 423 },
    });
  });

  it.each([
    ['ends before it should', []],
    ['never ends', [{ filename: 'a' }]],
  ])('says that a list is not complete which %s', async (_, body) => {
    const { gitea, ref, pulls } = await withPull();
    gitea.fail(/GET .*files/, { status: 200, headers: { 'x-total-count': '10000' }, body }, 10_000);
    expect(await pulls.listChangedFiles(ref)).toMatchObject({ complete: false });
  });
});

describe('giteaHost', () => {
  it.each([7, 30, 100])('reads all pages when it asks for %i rows at a time', async (pageSize) => {
    const { ref, pull, pulls } = await withPull({ pageSize });
    pull.files = Array.from({ length: 101 }, (_, index) => ({ filename: `${index}.tf`, status: 'added' }));
    const { paths, complete } = await pulls.listChangedFiles(ref);
    expect([paths.length, complete]).toEqual([101, true]);
  });

  it('gives the old name of a renamed file', async () => {
    const { ref, pull, pulls } = await withPull();
    pull.files = [{ filename: 'new.tf', status: 'renamed', previous_filename: 'old.tf' }];
    expect((await pulls.listChangedFiles(ref)).paths).toEqual(['new.tf', 'old.tf']);
  });

  it('waits until Gitea has looked for conflicts', async () => {
    const { ref, pull, pulls } = await withPull();
    pull.checksLeft = 3;
    expect(await pulls.getMergeability(ref, () => false)).toEqual({ mergeable: true });
  });

  it('merges once Gitea has looked for conflicts', async () => {
    const { ref, pull, pulls } = await withPull();
    pull.checksLeft = 2;
    const request = { headSha: pull.headSha, method: null, title: 'Apply the change' };
    expect(await pulls.mergePull(ref, request)).toEqual({ kind: 'merged' });
  });

  it.each([
    ['a conflict', { hasConflict: true }, 'it has conflicts, or is still being checked for them'],
    ['a draft', { title: 'WIP: A change' }, 'Work in progress PRs cannot be merged'],
    [
      'a rule of the branch',
      { blocked: 'Does not have enough approvals' },
      'not allowed to merge [reason: Does not have enough approvals]',
    ],
  ])('says why %s is not merged', async (_, given, message) => {
    const { ref, pull, pulls } = await withPull();
    Object.assign(pull, given);
    expect(await pulls.mergePull(ref, { headSha: pull.headSha, method: null, title: null })).toEqual({
      kind: 'refused',
      message: `merging pull request: ${message}`,
    });
  });

  it('merges in the first way that the repo allows', async () => {
    const { repo, ref, pull, pulls } = await withPull();
    Object.assign(repo.allowed, { merge: false, rebase: false });
    expect(await pulls.mergePull(ref, { headSha: pull.headSha, method: 'rebase', title: null })).toEqual({
      kind: 'refused',
      message: "merge method 'rebase' is not allowed by the repository Pull Request settings",
    });
    const request = { headSha: pull.headSha, method: null, title: null };
    expect(await pulls.mergePull(ref, request)).toEqual({ kind: 'merged' });
  });

  it('says that the default branch cannot be deleted', async () => {
    const { pulls } = await withPull();
    await expect(pulls.deleteBranch('acme/infra', 'main')).rejects.toThrow('can not delete default branch');
  });

  it('folds a comment away once, below the name of its command', async () => {
    const { ref, pull, pulls } = await withPull();
    const body = 'Ran Plan for dir: `.` workspace: `default`\n\n```diff\n+ a\n```';
    const id = await pulls.createComment(ref, body);
    await pulls.hideComments(ref, [id]);
    await pulls.hideComments(ref, [id]);
    expect(pull.comments[0]?.body).toBe(
      `<!--- +-Superseded Command-+ ---><details><summary>Superseded Atlantis Plan</summary>\n${body}\n</details>`,
    );
  });

  it.each(['../../user', '/atlantis.yaml', 'a/./b', ''])('finds no file %j', async (path) => {
    const { pulls } = await withPull();
    expect(await pulls.getFile('acme/infra', { path, ref: 'main' })).toBeUndefined();
  });

  it('counts no approval that was dismissed, nor the request of a review', async () => {
    const { ref, pull, pulls } = await withPull();
    pull.reviews.push({ id: 1, login: 'bob', state: 'APPROVED', dismissed: true });
    pull.reviews.push({ id: 2, login: null, state: 'REQUEST_REVIEW', dismissed: false });
    expect(await pulls.getApproval(ref)).toEqual({ approved: false, by: [] });
  });

  it.each(['gitea', 'forgejo'] as const)('reads the events that %s sends, which are not of GitHub', async (flavour) => {
    const gitea = await fakeGitea({ flavour, webhookSecret: 'secret' });
    const repo = gitea.addRepo('acme/infra');
    const pull = gitea.openPull('acme/infra');
    const comment = gitea.addComment(pull, 'atlantis apply', 'bob');
    const { webhooks } = giteaOf(gitea);
    const deliveries = [gitea.pullEvent(repo, pull, 'synchronized'), gitea.commentEvent(repo, pull, comment)];
    const readings = deliveries.map(({ headers, body }) => webhooks?.readEvent(Buffer.from(body), headers));
    expect(readings).toMatchObject([
      { kind: 'event', event: { kind: 'pull_updated', pull: { headSha: pull.headSha } } },
      { kind: 'event', event: { kind: 'comment', comment: { id: String(comment.id), author: 'bob' } } },
    ]);
    const github = githubHost({
      hostname: 'github.com',
      credentials: { kind: 'token', user: 'x', token: async () => 'x' },
      webhookSecret: null,
      allowMergeableBypass: false,
      authorities: [],
      log: silentLog(),
      now: Date.now,
    });
    const recognised = deliveries.map(({ headers }) =>
      [webhooks, github.webhooks].map((one) => one?.recognises(headers)),
    );
    expect(recognised).toEqual([
      [true, false],
      [true, false],
    ]);
  });

  it('is fetched from below its base URL, whatever address Gitea tells', async () => {
    const reposDir = await temporaryDir();
    const work = join(reposDir, 'work');
    await makeRepo(work, { 'main.tf': '' });
    await makeBranch(work, 'change');
    const headSha = await commitFiles(work, { 'a.tf': '' });
    await makeBareRepo(join(reposDir, 'acme/infra.git'), work);
    const gitea = await fakeGitea({ reposDir, path: '/git' });
    gitea.addRepo('acme/infra');
    const pull = gitea.openPull('acme/infra');
    const host = giteaOf(gitea, { baseUrl: `${gitea.baseUrl}/` });

    const repo = await host.findRepo('acme/infra');
    if (!repo) throw new Error('not found');
    expect(repo.source.url).toBe(`${gitea.baseUrl}/acme/infra.git`);
    const env = { ...process.env, GIT_SSL_CAINFO: gitea.certificateFile };
    const deps = await openGit({ dataDir: join(reposDir, 'data'), log: silentLog(), env });
    await fetchMirror(deps, { id: 1, ...repo });
    expect(await resolveRef(deps, 1, 'change')).toMatchObject({ kind: 'commit', sha: headSha });
    const request = { headSha, method: null, title: null };
    expect(await host.pulls.mergePull({ fullName: 'acme/infra', number: pull.number }, request)).toEqual({
      kind: 'merged',
    });
    await host.pulls.deleteBranch('acme/infra', 'change');
    await fetchMirror(deps, { id: 1, ...repo });
    expect(await resolveRef(deps, 1, 'change')).toMatchObject({ kind: expect.not.stringMatching(/^commit$/) });
  });
});
