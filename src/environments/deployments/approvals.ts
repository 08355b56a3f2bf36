import type { ApprovalRule, ProtectedEnvironment } from '../protection/types.ts';

export const approvalStatuses = ['approved', 'rejected'] as const;
export type ApprovalStatus = (typeof approvalStatuses)[number];

/** What somebody said of a deployment that waits. */
export type Approval = {
  readonly id: number;
  readonly deploymentId: number;
  readonly userId: number;
  /** The rule that the person stood for. */
  readonly ruleId: number | null;
  readonly status: ApprovalStatus;
  readonly comment: string | null;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
};

/** How far one rule is satisfied. */
export type RuleSummary = {
  readonly rule: ApprovalRule;
  readonly approvals: readonly Approval[];
  /** How many approvals it still wants. */
  readonly missing: number;
};

/**
 * How far the rules of all protections are satisfied. Each approval counts for the one rule that it was given for; one
 * of a rule that is gone counts for none.
 */
export function summarise(
  protections: readonly Pick<ProtectedEnvironment, 'approvalRules'>[],
  approvals: readonly Approval[],
): RuleSummary[] {
  const rules = protections.flatMap(({ approvalRules }) => approvalRules);
  return rules.map((rule) => {
    const own = approvals.filter(({ ruleId }) => ruleId === rule.id);
    const approved = own.filter(({ status }) => status === 'approved').length;
    return { rule, approvals: own, missing: Math.max(rule.requiredApprovals - approved, 0) };
  });
}

/** How many approvals are missing in all. */
export function missingApprovals(rules: readonly RuleSummary[]): number {
  return rules.reduce((sum, { missing }) => sum + missing, 0);
}
