import { z } from 'zod';

/* Fields are those of https://docs.gitlab.com/api/protected_environments/ and https://docs.gitlab.com/api/freeze_periods/ */

const deployRuleSchema = z.object({
  id: z.int(),
  access_level: z.int().nullable(),
  /** Whom it admits, in words. */
  access_level_description: z.string(),
  user_id: z.int().nullable(),
  group_id: z.int().nullable(),
  group_inheritance_type: z.int(),
});

export const approvalRuleSchema = deployRuleSchema.extend({ required_approvals: z.int() });

export const protectedEnvironmentSchema = z.object({
  name: z.string(),
  deploy_access_levels: z.array(deployRuleSchema),
  /** Deprecated: rules say how many approvals they want. */
  required_approval_count: z.literal(0),
  approval_rules: z.array(approvalRuleSchema),
});

export const freezePeriodSchema = z.object({
  id: z.int(),
  freeze_start: z.string(),
  freeze_end: z.string(),
  cron_timezone: z.string(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});
