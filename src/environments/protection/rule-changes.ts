import { findUsers, roleOfActor } from '../../access/index.ts';
import type { Tx } from '../../db/index.ts';
import { getGroup } from '../../repos/index.ts';
import { admits } from './admits.ts';
import { deleteRule, insertRule, type NewRule, updateRule } from './store.ts';
import type {
  AccessSubject,
  DeployRule,
  GroupInheritanceType,
  ProtectedEnvironment,
  ProtectionScope,
} from './types.ts';

/** A rule as somebody asks for it. Null: not said. */
export type NewRuleOrder = AccessSubject & {
  readonly groupInheritanceType: GroupInheritanceType | null;
  /** Counts for rules of approval. */
  readonly requiredApprovals: number | null;
};

/** A rule with an id is changed, or removed; one without is added. What is null of a changed rule stays. */
export type RuleChange = NewRuleOrder & { readonly id?: number | null; readonly destroy?: boolean };

export type RulePlan =
  | {
      readonly kind: 'plan';
      readonly added: readonly NewRule[];
      readonly changed: readonly { readonly id: number; readonly rule: Omit<NewRule, 'kind'> }[];
      readonly removed: readonly number[];
    }
  | { readonly kind: 'invalid'; readonly messages: readonly string[] }
  | { readonly kind: 'rule_not_found' };

type Kind = NewRule['kind'];

type Place = { readonly scope: ProtectionScope; readonly now: number };
type KnownRule = DeployRule & { readonly requiredApprovals: number };

/** What is to be written so that the rules become as wanted; nothing is written yet. */
export async function planRules(
  tx: Tx,
  where: Place & { readonly present?: Pick<ProtectedEnvironment, 'deployRules' | 'approvalRules'> },
  wanted: { readonly [kind in Kind]: readonly RuleChange[] },
): Promise<RulePlan> {
  const present = where.present ?? { deployRules: [], approvalRules: [] };
  const known = new Map<string, KnownRule>();
  for (const rule of present.deployRules) known.set(`deploy ${rule.id}`, { ...rule, requiredApprovals: 0 });
  for (const rule of present.approvalRules) known.set(`approval ${rule.id}`, rule);
  const added: NewRule[] = [];
  const changed: { id: number; rule: NewRule }[] = [];
  const removed: number[] = [];
  const messages: string[] = [];
  for (const [kind, change] of kindsOf(wanted)) {
    const id = change.id ?? null;
    const before = known.get(`${kind} ${id}`);
    if (id !== null && !before) return { kind: 'rule_not_found' };
    if (change.destroy) {
      removed.push(...(id === null ? [] : [id]));
      continue;
    }
    const { rule, problems } = await ruleAfter(tx, where, { kind, change, before });
    messages.push(...problems);
    if (rule && id !== null) changed.push({ id, rule });
    else if (rule) added.push(rule);
  }
  const deployers = present.deployRules.filter(({ id }) => !removed.includes(id)).length;
  if (deployers + added.filter(({ kind }) => kind === 'deploy').length === 0) messages.push(tooShort);
  if (messages.length > 0) return { kind: 'invalid', messages: [...new Set(messages)] };
  return { kind: 'plan', added, changed, removed };
}

export async function writeRules(
  tx: Tx,
  protectionId: number,
  plan: Extract<RulePlan, { kind: 'plan' }>,
): Promise<void> {
  for (const id of plan.removed) await deleteRule(tx, id);
  for (const { id, rule } of plan.changed) await updateRule(tx, id, rule);
  for (const rule of plan.added) await insertRule(tx, protectionId, rule);
}

const tooShort = 'Deploy access levels is too short (minimum is 1 character)';
const mostApprovals = 5;

function kindsOf(wanted: { readonly [kind in Kind]: readonly RuleChange[] }): [Kind, RuleChange][] {
  const withKind = (kind: Kind) => wanted[kind].map((change): [Kind, RuleChange] => [kind, change]);
  return [...withKind('deploy'), ...withKind('approval')];
}

type Wish = { readonly kind: Kind; readonly change: RuleChange; readonly before: KnownRule | undefined };

/**
 * The rule as it would be, and what is wrong with it. A new rule for nobody is left out, except one of approval: without
 * it less would be asked for than was meant.
 */
async function ruleAfter(
  tx: Tx,
  where: Place,
  wish: Wish,
): Promise<{ readonly rule: NewRule | null; readonly problems: readonly string[] }> {
  const rule = merged(wish);
  if (subjectsIn(wish.change) === 0 || (await isUsable(tx, where, rule))) return { rule, problems: problemsOf(rule) };
  const isLeftOut = wish.kind === 'deploy' && !wish.before;
  return { rule: null, problems: isLeftOut ? [] : [uselessRule(rule)] };
}

/** A changed rule whose subject is said gets that one; one where none is said keeps its own. */
function merged({ kind, change, before }: Wish): NewRule {
  const { userId, groupId, accessLevel } = subjectsIn(change) === 0 && before ? before : change;
  return {
    kind,
    userId,
    groupId,
    accessLevel,
    groupInheritanceType: change.groupInheritanceType ?? before?.groupInheritanceType ?? 0,
    requiredApprovals: kind === 'deploy' ? 0 : (change.requiredApprovals ?? before?.requiredApprovals ?? 1),
  };
}

function subjectsIn({ userId, groupId, accessLevel }: AccessSubject): number {
  return [userId, groupId, accessLevel].filter((subject) => subject !== null).length;
}

function problemsOf(rule: NewRule): string[] {
  const problems: string[] = [];
  if (subjectsIn(rule) !== 1) {
    problems.push('Only one of the Group ID, User ID or Access Level must be specified.');
  }
  if (rule.kind === 'approval' && (rule.requiredApprovals < 1 || rule.requiredApprovals > mostApprovals)) {
    problems.push(`Approval rules required approvals must be between 1 and ${mostApprovals}`);
  }
  return problems;
}

/** What is said of a rule for nobody that may not be left out. */
function uselessRule({ kind, userId, groupId }: NewRule): string {
  const [list, what] = kind === 'deploy' ? ['Deploy access levels', 'deploy'] : ['Approval rules', 'approve'];
  if (userId === null) return `${list}: there is no group ${groupId}`;
  return `${list}: there is no user ${userId} who may ${what}`;
}

/** The weakest level that a user needs to be worth naming: to deploy is a developer's right, to approve a reporter's. */
const neededLevels = { deploy: 30, approval: 20 } as const;

/**
 * Whether a rule names a known group, or a user who may do it; one that contradicts itself is left for `problemsOf` to
 * name.
 */
async function isUsable(tx: Tx, where: Place, rule: NewRule): Promise<boolean> {
  if (subjectsIn(rule) !== 1) return true;
  if (rule.groupId !== null) return (await getGroup(tx, rule.groupId)) !== undefined;
  if (rule.userId === null) return true;
  const user = (await findUsers(tx, [rule.userId])).get(rule.userId);
  if (!user) return false;
  // What a login of a host may do is not known here: to name it is how it gets the right.
  if (user.kind === 'host') return true;
  const repoId = where.scope.kind === 'repo' ? where.scope.repoId : null;
  const role = await roleOfActor(tx, user, { repoId, now: where.now });
  const needed = { userId: null, groupId: null, accessLevel: neededLevels[rule.kind] };
  return admits(needed, { userId: user.id, role });
}
