import type { z } from 'zod';
import {
  type ApprovalRule,
  type DeployRule,
  describeSubject,
  type FreezePeriod,
  type ProtectedEnvironment,
  type Subjects,
} from '../../../environments/index.ts';
import type { approvalRuleSchema, freezePeriodSchema, protectedEnvironmentSchema } from './protection-schemas.ts';
import { isoTime } from './time.ts';

/** `subjects` has those whom the rules name. */
export function renderProtection(
  protection: ProtectedEnvironment,
  subjects: Subjects,
): z.infer<typeof protectedEnvironmentSchema> {
  return {
    name: protection.name,
    deploy_access_levels: protection.deployRules.map((rule) => renderDeployRule(rule, subjects)),
    required_approval_count: 0,
    approval_rules: protection.approvalRules.map((rule) => renderApprovalRule(rule, subjects)),
  };
}

export function renderApprovalRule(rule: ApprovalRule, subjects: Subjects): z.infer<typeof approvalRuleSchema> {
  return { ...renderDeployRule(rule, subjects), required_approvals: rule.requiredApprovals };
}

export function renderFreezePeriod(period: FreezePeriod): z.infer<typeof freezePeriodSchema> {
  return {
    id: period.id,
    freeze_start: period.freezeStart,
    freeze_end: period.freezeEnd,
    cron_timezone: period.cronTimezone,
    created_at: isoTime(period.createdAt),
    updated_at: isoTime(period.updatedAt),
  };
}

function renderDeployRule(rule: DeployRule, subjects: Subjects) {
  return {
    id: rule.id,
    access_level: rule.accessLevel,
    access_level_description: describeSubject(rule, subjects),
    user_id: rule.userId,
    group_id: rule.groupId,
    group_inheritance_type: rule.groupInheritanceType,
  };
}
