import type { z } from 'zod';
import type { User } from '../../../access/index.ts';
import type { Approval, DeploymentApprovals, Environment } from '../../../environments/index.ts';
import type { Repo } from '../../../repos/index.ts';
import type { Pull } from '../../../vcs/index.ts';
import type {
  approvalSchema,
  deploymentSchema,
  mergeRequestSchema,
  singleDeploymentSchema,
} from './deployment-schemas.ts';
import { renderEnvironmentBasic, renderLastDeployment, type ShownDeployment, type View } from './environment.ts';
import { renderApprovalRule } from './protection.ts';
import { isoTime } from './time.ts';
import { renderUserBasic } from './user.ts';

type Shown = ShownDeployment & { readonly environment: Environment };

/** A deployment in a list. */
export function renderDeployment(shown: Shown, view: Omit<View, 'principal'>): z.infer<typeof deploymentSchema> {
  return { ...renderLastDeployment(shown, view), environment: renderEnvironmentBasic(shown.environment) };
}

/** A deployment by itself: with what is said of it. */
export function renderSingleDeployment(
  shown: Shown,
  approvals: DeploymentApprovals,
  view: Omit<View, 'principal'>,
): z.infer<typeof singleDeploymentSchema> {
  const { users, subjects, rules } = approvals;
  const render = (each: Approval) => renderApproval(each, users.get(each.userId) ?? null, view.baseUrl);
  return {
    ...renderDeployment(shown, view),
    pending_approval_count: approvals.pending,
    approvals: approvals.approvals.map(render),
    approval_summary: {
      rules: rules.map(({ rule, approvals: own }) => ({
        ...renderApprovalRule(rule, subjects),
        deployment_approvals: own.map(render),
      })),
    },
  };
}

export function renderApproval(approval: Approval, user: User | null, baseUrl: string): z.infer<typeof approvalSchema> {
  return {
    user: user && renderUserBasic(user, baseUrl),
    status: approval.status,
    created_at: isoTime(approval.createdAt),
    comment: approval.comment,
  };
}

/** A pull request as GitLab shows a merge request. Hosts tell more about theirs than is kept here. */
export function renderMergeRequest(pull: Pull, repo: Repo): z.infer<typeof mergeRequestSchema> {
  return {
    id: pull.number,
    iid: pull.number,
    project_id: repo.id,
    title: pull.title,
    description: null,
    state: pull.merged ? 'merged' : pull.open ? 'opened' : 'closed',
    created_at: null,
    updated_at: null,
    merged_at: null,
    target_branch: pull.baseBranch,
    source_branch: pull.headBranch,
    author: { username: pull.author, name: pull.author },
    sha: pull.headSha,
    merge_commit_sha: null,
    web_url: pull.url,
  };
}
