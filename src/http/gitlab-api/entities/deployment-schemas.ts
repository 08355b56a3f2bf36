import { z } from 'zod';
import { approvalStatuses } from '../../../environments/index.ts';
import { approvalRuleSchema } from './protection-schemas.ts';
import { environmentBasicSchema, lastDeploymentSchema, userBasicSchema } from './schemas.ts';

/* Fields are those of https://docs.gitlab.com/api/deployments/ */

export const deploymentSchema = lastDeploymentSchema.extend({ environment: environmentBasicSchema });

export const approvalSchema = z.object({
  user: userBasicSchema.nullable(),
  status: z.enum(approvalStatuses),
  created_at: z.iso.datetime(),
  comment: z.string().nullable(),
});

/** A deployment by itself. */
export const singleDeploymentSchema = deploymentSchema.extend({
  /** 0 unless it is blocked. */
  pending_approval_count: z.int(),
  approvals: z.array(approvalSchema),
  approval_summary: z.object({
    rules: z.array(approvalRuleSchema.extend({ deployment_approvals: z.array(approvalSchema) })),
  }),
});

export const mergeRequestSchema = z.object({
  id: z.int(),
  iid: z.int(),
  project_id: z.int(),
  title: z.string(),
  description: z.string().nullable(),
  state: z.enum(['opened', 'closed', 'merged']),
  created_at: z.null(),
  updated_at: z.null(),
  merged_at: z.null(),
  target_branch: z.string(),
  source_branch: z.string(),
  author: z.object({ username: z.string(), name: z.string() }),
  sha: z.string(),
  merge_commit_sha: z.null(),
  web_url: z.string(),
});
