import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fetchMirror, openGit, resolveRef } from '../../src/git/index.ts';
import { silentLog } from '../../src/lib/log.ts';
import { fakeGitlab } from '../fakes/gitlab/index.ts';
import { commitFiles, makeBareRepo, makeBranch, makeRepo } from '../support/git.ts';
import { gitlabOf } from '../support/hosts.ts';
import { temporaryDir } from '../support/temp.ts';
import { describeTroubledHost } from './troubled-host.ts';
import { describeVcsHost, type HostWorld } from './vcs-host.ts';
import { withRequest } from './vcs-host-gitlab.ts';

const ourStates: Readonly<Record<string, string>> = { running: 'pending', success: 'success', failed: 'failure' };

async function gitlabWorld(): Promise<HostWorld> {
  const gitlab = await fakeGitlab();
  const project = gitlab.addProject('acme/infra');
  project.files.set('atlantis.yaml', 'version: 3\n');
  const requestOf = (number: number) => {
    const request = project.requests.get(number);
    if (!request) throw new Error(`no merge request ${number}`);
    return request;
  };
  const noteOf = (number: number, id: string) => requestOf(number).notes.find((one) => String(one.id) === id);
  return {
    host: gitlabOf(gitlab, { groups: ['platform', 'engineering', 'sales'] }),
    login: gitlab.state.login,
    openPull: ({ files = [], labels = [], headRepo, draft = false } = {}) => {
      const { iid, sha } = gitlab.openRequest('acme/infra', {
        draft,
        labels: [...labels],
        ...(headRepo === undefined ? {} : { sourceProject: headRepo }),
        diffs: files.map(({ path, from }) => ({ old_path: from ?? path, new_path: path })),
      });
      return { number: iid, headSha: sha };
    },
    closePull: (number) => void Object.assign(requestOf(number), { state: 'closed' }),
    // Whoever asks for changes takes their approval back.
    review: (number, login, verdict) => {
      const request = requestOf(number);
      if (verdict === 'remark') return;
      request.approvedBy = request.approvedBy.filter((name) => name !== login);
      if (verdict === 'approve') request.approvedBy.push(login);
    },
    addComment: (number, body) => String(gitlab.addNote(requestOf(number), body).id),
    isHidden: (number, id) => noteOf(number, id)?.body.includes('<summary>Superseded') === true,
    reactions: (number, id) => noteOf(number, id)?.reactions ?? [],
    statuses: (sha) => {
      const ofSha = project.statuses.filter((status) => status.sha === sha);
      return Object.fromEntries(
        ofSha.map(({ name, status, description, targetUrl }) => [
          name,
          { state: ourStates[status] ?? status, description: description ?? '', targetUrl },
        ]),
      );
    },
    conflict: (number) => void Object.assign(requestOf(number), { detailedMergeStatus: 'conflict' }),
    isMerged: (number) => requestOf(number).state === 'merged',
    // On GitLab a member of a group is none of the groups above it, so that these have the members themselves.
    addTeam: ({ slug, members, above = [] }) => {
      for (const path of [slug, ...above]) gitlab.state.groups.push({ path, members: [...members] });
    },
  };
}

describeVcsHost('GitLab', gitlabWorld);

describeTroubledHost('GitLab', {
  make: async () => {
    const gitlab = await fakeGitlab();
    gitlab.addProject('acme/infra');
    const { iid, sha, notes } = gitlab.openRequest('acme/infra');
    return {
      server: gitlab,
      ref: { fullName: 'acme/infra', number: iid },
      headSha: sha,
      comments: () => notes.map(({ body }) => body),
      client: (changed = {}) => gitlabOf(gitlab, changed),
      stranger: () => gitlabOf(gitlab, { token: 'glpat-wrong' }),
    };
  },
  requests: { read: /GET .*merge_requests/, comment: /POST .*notes/, merge: /PUT .*merge/, status: /POST .*statuses/ },
  limited: { status: 429, headers: { 'retry-after': '1' }, body: 'Retry later' },
  otherObject: { iid: 'one' },
});

describe('gitlabHost, when GitLab is in trouble', () => {
  it('does not wait for a rate limit that lasts too long, and says until when', async () => {
    const { gitlab, ref, pulls } = await withRequest();
    const reset = Math.ceil(Date.now() / 1000) + 1800;
    const headers = { 'ratelimit-remaining': '0', 'ratelimit-reset': String(reset) };
    gitlab.fail(/GET .*merge_requests/, { status: 429, headers, body: 'Retry later' });
    const unavailable = { code: 'host_unavailable', details: { retryAt: reset * 1000 } };
    await expect(pulls.getPull(ref)).rejects.toMatchObject(unavailable);
    expect(gitlab.requests).toEqual([]);
  });

  it('refuses an answer without a merge request', async () => {
    const { gitlab, ref, pulls } = await withRequest();
    gitlab.fail(/GET .*merge_requests/, { status: 204 });
    await expect(pulls.getPull(ref)).rejects.toMatchObject({ code: 'host_refused' });
  });

  it('does not follow to another server, and keeps its token to itself', async () => {
    const { gitlab, ref, pulls } = await withRequest();
    const other = await fakeGitlab();
    const location = `https://${other.hostname}/api/v4/projects/acme%2Finfra/merge_requests/1`;
    gitlab.fail(/GET .*merge_requests/, { status: 302, headers: { location } });
    await expect(pulls.getPull(ref)).rejects.toMatchObject({ code: 'host_refused' });
    expect(other.requests).toEqual([]);
  });

  it.each([
    ['empty', []],
    ['always the same', [{ old_path: 'a', new_path: 'a' }]],
  ])('ends a list whose next page is always another, and %s', async (_, body) => {
    const { gitlab, ref, pulls } = await withRequest();
    gitlab.fail(/GET .*diffs/, { status: 200, headers: { 'x-next-page': '2' }, body }, 1000);
    expect(await pulls.listChangedFiles(ref)).toMatchObject({ complete: false });
  });

  it('keeps a token that is refused to itself', async () => {
    const { gitlab, ref } = await withRequest();
    const error = await gitlabOf(gitlab, { token: 'glpat-wrong' })
      .pulls.getPull(ref)
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'host_refused', details: { status: 401, said: '401 Unauthorized' } });
    expect(JSON.stringify(error) + String(error)).not.toContain('glpat-wrong');
  });

  it('asks nothing for a name that would lead elsewhere', async () => {
    const { gitlab, ref, pulls } = await withRequest();
    expect(await pulls.getFile('acme/infra', { path: '..', ref: 'main' })).toBeUndefined();
    await pulls.deleteBranch('acme/infra', '..');
    expect(await pulls.getPull({ ...ref, fullName: '..' })).toBeUndefined();
    expect(gitlab.requests).toEqual([]);
  });
});

describe('gitlabHost', () => {
  it('leaves out what GitLab itself writes', async () => {
    const { gitlab, ref, request, pulls } = await withRequest();
    gitlab.addNote(request, 'added 1 commit').system = true;
    gitlab.addNote(request, 'atlantis plan');
    expect((await pulls.listComments(ref)).map(({ body }) => body)).toEqual(['atlantis plan']);
  });

  it('writes no quick action, in a fence or out of it', async () => {
    const { ref, request, pulls } = await withRequest();
    const id = await pulls.createComment(ref, '````diff\n```\n/merge\n````');
    expect(request.notes[0]?.body).toBe('````diff\n```\n /merge\n````');
    await pulls.updateComment(ref, { id, body: '/approve' });
    expect(request.notes[0]?.body).toBe(' /approve');
  });

  it('writes as much as GitLab takes of what became longer', async () => {
    const { host, ref, request, pulls } = await withRequest();
    await pulls.createComment(ref, '/merge\n'.repeat(host.capabilities.maxCommentLength / 7));
    expect(request.notes[0]?.body).toHaveLength(1_000_000);
  });

  it('folds a comment away under the title of its command, once, as users of Atlantis know it', async () => {
    const { ref, request, pulls } = await withRequest();
    const id = await pulls.createComment(ref, 'Ran Policy Check for dir: `a` workspace: `default`\n\ntext');
    await pulls.hideComments(ref, [id]);
    await pulls.hideComments(ref, [id]);
    expect(request.notes[0]?.body).toBe(
      '<!--- +-Superseded Command-+ ---><details><summary>Superseded Atlantis Policy Check</summary>\n' +
        'Ran Policy Check for dir: `a` workspace: `default`\n\ntext\n</details>',
    );
  });

  it('folds the longest comment away', async () => {
    const { host, ref, request, pulls } = await withRequest();
    const start = 'Ran Approve Policies for 0 projects:\n';
    const id = await pulls.createComment(ref, start.padEnd(host.capabilities.maxCommentLength, 'x'));
    await pulls.hideComments(ref, [id]);
    expect(request.notes[0]?.body).toMatch(/^<!---[\s\S]*Superseded Atlantis Approve Policies[\s\S]*x\n<\/details>$/);
  });

  it('takes the rules of the project for an approval', async () => {
    const { ref, request, pulls } = await withRequest();
    request.approvalsRequired = 2;
    request.approvedBy = ['bob'];
    expect(await pulls.getApproval(ref)).toEqual({ approved: false, by: ['bob'] });
    request.approvedBy = ['bob', 'eve'];
    expect(await pulls.getApproval(ref)).toEqual({ approved: true, by: ['bob', 'eve'] });
  });

  it('wants somebody to have approved where there are no rules', async () => {
    const { ref, request, pulls } = await withRequest();
    request.approvalsRequired = null;
    expect((await pulls.getApproval(ref)).approved).toBe(false);
    request.approvedBy = ['bob'];
    expect((await pulls.getApproval(ref)).approved).toBe(true);
  });

  it('says when its account may not take approvals back, where there are some', async () => {
    const { gitlab, ref, request, pulls } = await withRequest();
    gitlab.state.isBot = false;
    await expect(pulls.dismissReviews(ref, '')).resolves.toBeUndefined();
    request.approvedBy.push('bob');
    await expect(pulls.dismissReviews(ref, '')).rejects.toMatchObject({
      code: 'host_refused',
      details: { said: '401 Unauthorized', status: 403 },
    });
  });

  it.each([['1000+'], [null], ['3']])('does not call files complete when GitLab counts %s', async (changesCount) => {
    const { ref, request, pulls } = await withRequest();
    Object.assign(request, { changesCount, diffs: [{ old_path: 'a.tf', new_path: 'a.tf' }] });
    expect(await pulls.listChangedFiles(ref)).toEqual({ paths: ['a.tf'], complete: false });
  });

  it('knows no groups but those that the user is a direct, active member of', async () => {
    const { gitlab, pulls } = await withRequest({ groups: ['acme', 'acme/platform', 'nope'] });
    gitlab.state.groups.push({ path: 'acme/platform', members: ['ada'] }, { path: 'acme', members: ['bob'] });
    expect(await pulls.listTeams('acme/infra', 'ADA')).toEqual(['acme/platform']);
    expect(await pulls.listTeams('acme/infra', 'bob')).toEqual(['acme']);
  });

  it.each(['', '/gitlab'])('finds and fetches below the path %j', async (path) => {
    const reposDir = await temporaryDir();
    const work = join(reposDir, 'work');
    await makeRepo(work, { 'main.tf': '' });
    await makeBranch(work, 'change');
    const headSha = await commitFiles(work, { 'a.tf': '' });
    await makeBareRepo(join(reposDir, 'acme/sub/infra.git'), work);
    const gitlab = await fakeGitlab({ reposDir, path });
    gitlab.addProject('acme/sub/infra');
    const { iid, sha } = gitlab.openRequest('acme/sub/infra');
    expect(sha).toBe(headSha);
    const host = gitlabOf(gitlab);
    expect(host.hostname).toBe(gitlab.hostname.replace('/gitlab', ''));
    const ref = { fullName: 'acme/sub/infra', number: iid };
    expect(await host.pulls.listChangedFiles(ref)).toEqual({ paths: ['a.tf'], complete: true });
    const repo = await host.findRepo('acme/sub/infra');
    if (!repo) throw new Error('not found');
    const env = { ...process.env, GIT_SSL_CAINFO: gitlab.certificateFile };
    const deps = await openGit({ dataDir: join(reposDir, 'data'), log: silentLog(), env });
    await fetchMirror(deps, { id: 1, ...repo });
    expect(await resolveRef(deps, 1, 'change')).toMatchObject({ kind: 'commit', sha: headSha });
  });

  it('reads the events that the fake sends', async () => {
    const { gitlab, project, request, host } = await withRequest();
    const note = gitlab.addNote(request, 'atlantis apply', 'bob');
    const deliveries = [
      gitlab.requestEvent(project, request, { action: 'open' }),
      gitlab.requestEvent(project, request, { action: 'update', oldrev: 'f'.repeat(40), by: 'bob' }),
      gitlab.noteEvent(project, { request, note }),
      gitlab.noteEvent(project, { request, note, action: 'update' }),
      gitlab.requestEvent(project, request, { action: 'merge' }),
    ];
    const readings = deliveries.map(({ headers, body }) => host.webhooks?.readEvent(Buffer.from(body), headers));
    const pull = await host.pulls.getPull({ fullName: 'acme/infra', number: request.iid });
    expect(readings).toMatchObject([
      { kind: 'event', event: { kind: 'pull_opened', sender: 'ada', repoFullName: 'acme/infra' } },
      { kind: 'event', event: { kind: 'pull_updated', sender: 'bob' } },
      { kind: 'event', event: { kind: 'comment', comment: { id: String(note.id), author: 'bob' } } },
      { kind: 'ignored' },
      { kind: 'event', event: { kind: 'pull_closed', merged: true } },
    ]);
    expect(readings[0]).toMatchObject({ event: { pull } });
  });

  it('refuses a host name that is none', async () => {
    const gitlab = await fakeGitlab();
    expect(() => gitlabOf(gitlab, { hostname: 'not a host' })).toThrow(
      'reading --gitlab-hostname: expected a host name',
    );
  });
});
