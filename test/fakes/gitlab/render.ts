import { createHash } from 'node:crypto';
import {
  type FakeHook,
  type FakeNote,
  type FakePipeline,
  type FakeProject,
  type FakeRequest,
  type FakeState,
  type FakeStatus,
  userId,
} from './state.ts';

/** Objects as GitLab's documentation shows them. */
export type Render = ReturnType<typeof createRender>;

function memberOf(level: number | null) {
  return level === null ? null : { access_level: level, notification_level: 3 };
}

const at = '2026-01-02T03:04:05.678Z';

/** `webUrl` is that of the site, without a slash at its end. */
export function createRender(state: FakeState, webUrl: () => string) {
  const user = (login: string) => ({
    id: userId(state, login),
    username: login,
    name: `${login}'s name`,
    state: 'active',
    locked: false,
    avatar_url: null,
    web_url: `${webUrl()}/${login}`,
  });
  const page = ({ fullName }: FakeProject, path = '') => `${webUrl()}/${fullName}${path}`;

  const project = (of: FakeProject) => {
    const name = of.fullName.split('/').at(-1) ?? '';
    return {
      ...{ id: of.id, description: null, name, path: name, name_with_namespace: of.fullName.replaceAll('/', ' / ') },
      ...{ path_with_namespace: of.fullName, created_at: at, default_branch: 'main' },
      ...{ ssh_url_to_repo: `git@localhost:${of.fullName}.git`, http_url_to_repo: page(of, '.git'), web_url: page(of) },
      ...{ visibility: 'private', archived: false, merge_method: 'merge', squash_option: 'default_off' },
      only_allow_merge_if_pipeline_succeeds: of.settings.mustPassPipeline,
      only_allow_merge_if_all_discussions_are_resolved: of.settings.mustResolveDiscussions,
      allow_merge_on_skipped_pipeline: of.settings.allowSkippedPipeline,
      permissions: { project_access: memberOf(of.access.own), group_access: memberOf(of.access.ofGroup) },
    };
  };

  const hook = (of: FakeProject, given: FakeHook, position: number) => ({
    ...{ id: 1 + position, url: given.url, name: '', description: '', project_id: of.id, created_at: at },
    ...{ push_events: false, push_events_branch_filter: '', branch_filter_strategy: 'wildcard' },
    ...{ issues_events: false, confidential_issues_events: false, merge_requests_events: given.mergeRequests },
    ...{ tag_push_events: false, note_events: given.notes, confidential_note_events: false, job_events: false },
    ...{ pipeline_events: false, wiki_page_events: false, deployment_events: false, releases_events: false },
    ...{ enable_ssl_verification: given.checksCertificates, repository_update_events: false },
    ...{ alert_status: given.alertStatus, disabled_until: null, url_variables: [] },
  });

  const pipeline = (of: FakeProject, { id, sha, ref, status }: FakePipeline) => ({
    ...{ id, iid: id, project_id: of.id, sha, ref, status, source: 'push', created_at: at, updated_at: at },
    web_url: page(of, `/-/pipelines/${id}`),
  });

  const request = (of: FakeProject, given: FakeRequest) => {
    const isMerged = given.state === 'merged';
    const source = given.sourceProject === null ? null : state.projects.get(given.sourceProject);
    const head = of.pipelines.findLast(({ sha }) => sha === given.sha);
    const isConflict = given.detailedMergeStatus === 'conflict';
    return {
      ...{ id: 7000 + given.iid, iid: given.iid, project_id: of.id, title: given.title, description: '' },
      ...{ state: given.state, created_at: at, updated_at: at, merged_at: isMerged ? at : null, closed_at: null },
      ...{ merged_by: null, merge_user: null, closed_by: null, author: user(given.author), assignee: null },
      ...{ assignees: [], reviewers: [], target_branch: given.targetBranch, source_branch: given.sourceBranch },
      ...{ source_project_id: source?.id ?? null, target_project_id: of.id, labels: given.labels },
      ...{ user_notes_count: given.notes.length, upvotes: 0, downvotes: 0, milestone: null },
      ...{ draft: given.draft, work_in_progress: given.draft, merge_when_pipeline_succeeds: false },
      merge_status: isConflict ? 'cannot_be_merged' : 'can_be_merged',
      detailed_merge_status: given.draft ? 'draft_status' : given.detailedMergeStatus,
      ...{ sha: given.sha, merge_commit_sha: isMerged ? given.sha : null, squash_commit_sha: null, merge_error: null },
      ...{ should_remove_source_branch: null, force_remove_source_branch: false, squash: false },
      references: { short: `!${given.iid}`, relative: `!${given.iid}`, full: `${of.fullName}!${given.iid}` },
      ...{ web_url: page(of, `/-/merge_requests/${given.iid}`), has_conflicts: isConflict },
      ...{ blocking_discussions_resolved: given.discussionsResolved, discussion_locked: null },
      changes_count: given.changesCount === undefined ? String(given.diffs.length) : given.changesCount,
      head_pipeline: head ? pipeline(of, head) : null,
      approvals_before_merge: given.approvalsBeforeMerge,
      user: { can_merge: true },
    };
  };

  return {
    user,
    project,
    hook,
    currentUser: (login: string) => ({ ...user(login), created_at: at, bio: '', bot: true, email: '' }),
    token: ({ scopes, expiresAt }: NonNullable<FakeState['token']>) => ({
      ...{ id: 4, name: 'polder', revoked: false, created_at: at, description: '', scopes, user_id: 7 },
      ...{ last_used_at: at, active: true, expires_at: expiresAt },
    }),
    request,
    diff: ({ old_path, new_path }: FakeRequest['diffs'][number]) => ({
      ...{ old_path, new_path, a_mode: '100644', b_mode: '100644', diff: '@@ -1 +1 @@\n-a\n+b\n', new_file: false },
      ...{ renamed_file: old_path !== new_path, deleted_file: false, generated_file: false },
    }),
    approvals: (of: FakeProject, given: FakeRequest) => {
      const left =
        given.approvalsRequired === null ? null : Math.max(0, given.approvalsRequired - given.approvedBy.length);
      return {
        ...{ id: 7000 + given.iid, iid: given.iid, project_id: of.id, title: given.title, description: '' },
        ...{ state: given.state, created_at: at, updated_at: at, merge_status: 'can_be_merged' },
        approved: left === null ? given.approvedBy.length > 0 : left === 0,
        ...{ user_has_approved: false, user_can_approve: true },
        ...(left === null ? {} : { approvals_required: given.approvalsRequired, approvals_left: left }),
        approved_by: given.approvedBy.map((login) => ({ user: user(login), approved_at: at })),
      };
    },
    note: (of: FakeProject, { iid }: FakeRequest, { id, author, body, system }: FakeNote) => ({
      ...{ id, type: null, body, author: user(author), created_at: at, updated_at: at, system },
      ...{ noteable_id: 7000 + iid, noteable_type: 'MergeRequest', noteable_iid: iid, project_id: of.id },
      ...{ resolvable: false, internal: false, confidential: false },
    }),
    award: (id: number, noteId: number, name: string) => ({
      ...{ id, name, user: user(state.login), created_at: at, updated_at: at },
      ...{ awardable_id: noteId, awardable_type: 'Note' },
    }),
    file: (path: string, ref: string, text: string) => ({
      ...{ file_name: path.split('/').at(-1), file_path: path, size: Buffer.byteLength(text), encoding: 'base64', ref },
      content: Buffer.from(text).toString('base64'),
      content_sha256: createHash('sha256').update(text).digest('hex'),
      ...{
        blob_id: 'b'.repeat(40),
        commit_id: 'c'.repeat(40),
        last_commit_id: 'c'.repeat(40),
        execute_filemode: false,
      },
    }),
    commit: (of: FakeProject, sha: string) => {
      const last = of.pipelines.findLast((one) => one.sha === sha);
      return {
        ...{ id: sha, short_id: sha.slice(0, 8), title: 'A change', message: 'A change\n', parent_ids: [] },
        ...{ created_at: at, author_name: 'Ada', author_email: 'ada@example.com', authored_date: at },
        ...{ committer_name: 'Ada', committer_email: 'ada@example.com', committed_date: at },
        ...{ status: last?.status ?? null, last_pipeline: last ? pipeline(of, last) : null },
        web_url: page(of, `/-/commit/${sha}`),
      };
    },
    status: ({ id, sha, ref, name, description, targetUrl, status, allowFailure, pipelineId }: FakeStatus) => ({
      ...{ id, sha, ref, name, description, target_url: targetUrl, author: user(state.login), status, created_at: at },
      ...{ started_at: at, finished_at: null, allow_failure: allowFailure, coverage: null, pipeline_id: pipelineId },
    }),
    member: (login: string) => ({ ...user(login), access_level: 30, created_at: at, expires_at: null }),
  };
}
