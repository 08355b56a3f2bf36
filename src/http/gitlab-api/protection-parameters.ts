import { z } from 'zod';
import { accessLevels, groupInheritanceTypes, type NewRuleOrder, type RuleChange } from '../../environments/index.ts';
import {
  integerAmong,
  listOf,
  nullableListOf,
  optionalBoolean,
  optionalInteger,
  pageParameters,
  requiredText,
} from './parameters.ts';

function entry<const T extends z.ZodRawShape>(shape: T) {
  return z.object(shape, { error: 'is invalid' });
}

const ruleParameters = {
  access_level: integerAmong(accessLevels),
  user_id: optionalInteger,
  group_id: optionalInteger,
  group_inheritance_type: integerAmong(groupInheritanceTypes),
};
const approvalParameters = { ...ruleParameters, required_approvals: optionalInteger };
const changeParameters = { id: optionalInteger, _destroy: optionalBoolean };

export const listParameters = z.object({ id: requiredText, ...pageParameters });
export const oneParameters = z.object({ id: requiredText, name: requiredText });
export const createParameters = z.object({
  id: requiredText,
  name: requiredText,
  deploy_access_levels: listOf(entry(ruleParameters)),
  required_approval_count: optionalInteger,
  approval_rules: nullableListOf(entry(approvalParameters)),
});
export const updateParameters = z.object({
  id: requiredText,
  name: requiredText,
  deploy_access_levels: nullableListOf(entry({ ...ruleParameters, ...changeParameters })),
  required_approval_count: optionalInteger,
  approval_rules: nullableListOf(entry({ ...approvalParameters, ...changeParameters })),
});

type RuleParameters = z.output<z.ZodObject<typeof ruleParameters>> & {
  readonly required_approvals?: number | null;
  readonly id?: number | null;
  readonly _destroy?: boolean | null;
};

/** A rule as the domain takes it. */
export function toOrder(rule: RuleParameters): NewRuleOrder {
  return {
    userId: rule.user_id,
    groupId: rule.group_id,
    accessLevel: rule.access_level,
    groupInheritanceType: rule.group_inheritance_type,
    requiredApprovals: rule.required_approvals ?? null,
  };
}

/** A change of a rule as the domain takes it. */
export function toChange(rule: RuleParameters): RuleChange {
  return { ...toOrder(rule), id: rule.id ?? null, destroy: rule._destroy === true };
}
