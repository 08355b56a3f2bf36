import { describe, expect, it } from 'vitest';
import type { CommitStatus } from '../../src/vcs/index.ts';
import { withRequest } from './vcs-host-gitlab.ts';

const status: CommitStatus = {
  context: 'atlantis/plan',
  state: 'pending',
  description: 'Plan in progress...',
  targetUrl: null,
};

describe('setStatus of GitLab', () => {
  it('puts statuses into the newest pipeline of the commit', async () => {
    const { gitlab, project, ref, request, pulls } = await withRequest();
    const given = { sha: request.sha, ref: 'refs/merge-requests/1/head', status: 'running' };
    gitlab.addPipeline(project, given);
    const newest = gitlab.addPipeline(project, given);
    await pulls.setStatus({ ...ref, headSha: request.sha }, status);
    expect(project.statuses).toMatchObject([{ pipelineId: newest.id, name: 'atlantis/plan', status: 'running' }]);
  });

  it('waits a little for a pipeline, and names the branch where none comes', async () => {
    const { gitlab, project, ref, request, pulls } = await withRequest();
    await pulls.setStatus({ ...ref, headSha: request.sha }, status);
    expect(project.statuses).toMatchObject([{ ref: 'change' }]);
    expect(gitlab.requests.filter((route) => route.includes('commits/:sha'))).toHaveLength(2);
  });

  it('looks longer for a pipeline when told to', async () => {
    const { gitlab, project, ref, request, pulls } = await withRequest({ statusRetry: true, pollMs: 20 });
    const setting = pulls.setStatus({ ...ref, headSha: request.sha }, status);
    await expect.poll(() => gitlab.requests.length).toBe(3);
    const { id } = gitlab.addPipeline(project, { sha: request.sha, ref: 'change', status: 'running' });
    await setting;
    expect(project.statuses).toMatchObject([{ pipelineId: id }]);
  });

  it('looks once for the pipeline of many statuses', async () => {
    const { gitlab, project, ref, request, pulls } = await withRequest();
    gitlab.addPipeline(project, { sha: request.sha, ref: 'change', status: 'running' });
    const contexts = Array.from({ length: 20 }, (_, index) => `atlantis/plan: ${index}`);
    const commit = { ...ref, headSha: request.sha };
    await Promise.all(contexts.map((context) => pulls.setStatus(commit, { ...status, context })));
    expect(gitlab.requests.filter((route) => route.startsWith('GET'))).toHaveLength(1);
    expect(project.statuses.map(({ name }) => name).sort()).toEqual(contexts.sort());
  });

  it('looks anew after a while', async () => {
    let time = 1_000_000;
    const { gitlab, project, ref, request, pulls } = await withRequest({ now: () => time });
    const given = { sha: request.sha, ref: 'change', status: 'running' };
    gitlab.addPipeline(project, given);
    await pulls.setStatus({ ...ref, headSha: request.sha }, status);
    const newer = gitlab.addPipeline(project, given);
    time += 60_000;
    await pulls.setStatus({ ...ref, headSha: request.sha }, { ...status, state: 'success' });
    expect(project.statuses.at(-1)).toMatchObject({ pipelineId: newer.id, status: 'success' });
  });

  it('tries again when GitLab is busy with another status of the commit', async () => {
    const { gitlab, project, ref, request, pulls } = await withRequest();
    gitlab.fail(/POST .*statuses/, { status: 409, body: { message: 'Could not obtain lock' } }, 9);
    await pulls.setStatus({ ...ref, headSha: request.sha }, status);
    expect(project.statuses).toHaveLength(1);
  });

  it('gives up on a lock that is never free', async () => {
    const { gitlab, ref, request, pulls } = await withRequest();
    gitlab.fail(/POST .*statuses/, { status: 409, body: { message: 'Could not obtain lock' } }, 100);
    const setting = pulls.setStatus({ ...ref, headSha: request.sha }, status);
    await expect(setting).rejects.toMatchObject({ code: 'host_refused', details: { status: 409 } });
  });

  it('does not try again what is refused for good', async () => {
    const { gitlab, ref, request, pulls } = await withRequest();
    gitlab.fail(/POST .*statuses/, { status: 403, body: { message: '403 Forbidden' } });
    const setting = pulls.setStatus({ ...ref, headSha: request.sha }, status);
    await expect(setting).rejects.toMatchObject({ details: { status: 403 } });
  });

  it('finds another pipeline when the one it knew is gone', async () => {
    const { gitlab, project, ref, request, pulls } = await withRequest();
    gitlab.addPipeline(project, { sha: request.sha, ref: 'change', status: 'running' });
    await pulls.setStatus({ ...ref, headSha: request.sha }, status);
    project.pipelines.pop();
    await pulls.setStatus({ ...ref, headSha: request.sha }, { ...status, state: 'success' });
    expect(project.statuses.at(-1)).toMatchObject({ status: 'success', ref: 'change' });
  });

  it('writes a new description though the state stays', async () => {
    const { project, ref, request, pulls } = await withRequest();
    const commit = { ...ref, headSha: request.sha };
    await pulls.setStatus(commit, status);
    await pulls.setStatus(commit, { ...status, description: '1/2 projects planned.' });
    expect(project.statuses).toMatchObject([{ status: 'running', description: '1/2 projects planned.' }]);
  });

  it('leaves out a link that is too long', async () => {
    const { project, ref, request, pulls } = await withRequest();
    const targetUrl = `https://polder.example.com/${'x'.repeat(250)}`;
    await pulls.setStatus({ ...ref, headSha: request.sha }, { ...status, targetUrl });
    expect(project.statuses).toMatchObject([{ targetUrl: null }]);
  });
});

describe('getMergeability of GitLab', () => {
  const none = () => false;

  it.each([
    ['a draft', { draft: true }, 'Work in progress'],
    ['an approval that is missing', { detailedMergeStatus: 'not_approved' }, 'Merge status is not_approved'],
    ['a merge request that is closed', { detailedMergeStatus: 'not_open' }, 'Merge status is not_open'],
  ])('names %s', async (_, changed, reason) => {
    const { ref, request, pulls } = await withRequest();
    Object.assign(request, changed);
    expect(await pulls.getMergeability(ref, none)).toEqual({ mergeable: false, reason });
  });

  it('counts the approvals that an older setting wants', async () => {
    const { ref, request, pulls } = await withRequest();
    Object.assign(request, { approvalsBeforeMerge: 2, approvalsRequired: 2, approvedBy: ['bob'] });
    const reason = 'Still require 1 approvals';
    expect(await pulls.getMergeability(ref, none)).toEqual({ mergeable: false, reason });
    request.approvedBy.push('eve');
    expect(await pulls.getMergeability(ref, none)).toEqual({ mergeable: true });
  });

  it('minds open discussions where the project does', async () => {
    const { project, ref, request, pulls } = await withRequest();
    request.discussionsResolved = false;
    expect(await pulls.getMergeability(ref, none)).toEqual({ mergeable: true });
    project.settings.mustResolveDiscussions = true;
    const reason = 'Blocking discussions unresolved';
    expect(await pulls.getMergeability(ref, none)).toEqual({ mergeable: false, reason });
  });

  it('minds a skipped pipeline unless the project does not', async () => {
    const { gitlab, project, ref, request, pulls } = await withRequest();
    gitlab.addPipeline(project, { sha: request.sha, ref: 'change', status: 'skipped' });
    const reason = 'Pipeline was skipped';
    expect(await pulls.getMergeability(ref, none)).toEqual({ mergeable: false, reason });
    project.settings.allowSkippedPipeline = true;
    expect(await pulls.getMergeability(ref, none)).toEqual({ mergeable: true });
  });

  it('waits until GitLab has worked it out', async () => {
    const { gitlab, ref, request, pulls } = await withRequest({ pollMs: 100 });
    request.detailedMergeStatus = 'checking';
    const asked = pulls.getMergeability(ref, none);
    await expect.poll(() => gitlab.requests.length).toBeGreaterThan(1);
    request.detailedMergeStatus = 'mergeable';
    expect(await asked).toEqual({ mergeable: true });
  });

  it('lets other statuses block, and not those that are to be passed over, where pipelines must succeed', async () => {
    const { project, ref, request, pulls } = await withRequest();
    request.detailedMergeStatus = 'ci_must_pass';
    const commit = { ...ref, headSha: request.sha };
    await pulls.setStatus(commit, { ...status, context: 'atlantis/apply', state: 'failure' });
    await pulls.setStatus(commit, { ...status, context: 'lint', state: 'failure' });
    expect(await pulls.getMergeability(ref, none)).toEqual({ mergeable: true });
    project.settings.mustPassPipeline = true;
    const ignores = (context: string) => context.startsWith('atlantis/');
    const reason = 'Pipeline lint has status failed';
    expect(await pulls.getMergeability(ref, ignores)).toEqual({ mergeable: false, reason });
    Object.assign(project.statuses.at(-1) ?? {}, { allowFailure: true });
    expect(await pulls.getMergeability(ref, ignores)).toEqual({ mergeable: true });
    expect(await pulls.getMergeability(ref, none)).toMatchObject({ mergeable: false });
  });
});

describe('mergePull of GitLab', () => {
  it('waits some time for a pipeline that the project demands', async () => {
    const { gitlab, project, ref, request, pulls } = await withRequest({ pollMs: 50 });
    project.settings.mustPassPipeline = true;
    const pipeline = gitlab.addPipeline(project, { sha: request.sha, ref: 'change', status: 'running' });
    const merging = pulls.mergePull(ref, { headSha: request.sha, method: null, title: 'By Polder' });
    await expect.poll(() => gitlab.requests.length).toBeGreaterThan(2);
    pipeline.status = 'success';
    expect(await merging).toEqual({ kind: 'merged' });
  });

  it('titles the merge, and leaves the commit of a squash to the settings of the project', async () => {
    const { ref, request, pulls } = await withRequest();
    await pulls.mergePull(ref, { headSha: request.sha, method: null, title: 'By Polder' });
    expect(request.mergedWith).toEqual({ merge: 'By Polder', squash: undefined });
  });

  it('says what GitLab says', async () => {
    const { ref, request, pulls } = await withRequest();
    request.draft = true;
    expect(await pulls.mergePull(ref, { headSha: request.sha, method: null, title: null })).toEqual({
      kind: 'refused',
      message: 'merging pull request: 405 Method Not Allowed',
    });
  });

  it('takes a refusal for want of rights as one', async () => {
    const { gitlab, ref, request, pulls } = await withRequest();
    gitlab.fail(/PUT .*merge/, { status: 401, body: { message: '401 Unauthorized' } });
    const merging = pulls.mergePull(ref, { headSha: request.sha, method: null, title: null });
    expect(await merging).toMatchObject({ kind: 'refused' });
  });
});
