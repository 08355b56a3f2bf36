import { type Actor, recordAudit } from '../../access/index.ts';
import { type Db, lockRow, type Tx } from '../../db/index.ts';
import { environmentTiers } from '../types.ts';
import { type NewRuleOrder, planRules, type RuleChange, type RulePlan, writeRules } from './rule-changes.ts';
import { deleteProtection, findProtection, insertProtection } from './store.ts';
import type { ProtectedEnvironment, ProtectionScope } from './types.ts';

/** Who changes the protection of which name. */
export type ProtectionTarget = {
  readonly scope: ProtectionScope;
  readonly name: string;
  readonly actor: Actor;
  /** Milliseconds since the epoch. */
  readonly now: number;
};

export type ProtectResult =
  | { readonly kind: 'protected'; readonly protection: ProtectedEnvironment }
  | { readonly kind: 'taken' }
  /** Messages are whole sentences in GitLab's words. */
  | { readonly kind: 'invalid'; readonly messages: readonly string[] };

/**
 * Protects a name of a repo, or a tier of a group. Rules for who deploys that name an unknown user or group, or a user
 * who may not deploy anyway, are left out without a word, as GitLab does. Rules of approval are not, since fewer of them
 * ask for less. A rule for a group is kept, and admits administrators alone: Polder knows no members of groups.
 */
export async function protectEnvironment(
  db: Db,
  order: ProtectionTarget & {
    readonly deployRules: readonly NewRuleOrder[];
    readonly approvalRules: readonly NewRuleOrder[];
  },
): Promise<ProtectResult> {
  const messages = nameProblems(order);
  if (messages.length > 0) return { kind: 'invalid', messages };
  return db.transaction(async (tx): Promise<ProtectResult> => {
    await lockScope(tx, order.scope);
    const taken = await findProtection(tx, order.scope, order.name);
    if (taken) return { kind: 'taken' };
    const plan = await planRules(tx, order, { deploy: order.deployRules, approval: order.approvalRules });
    if (plan.kind !== 'plan') return { kind: 'invalid', messages: messagesOf(plan) };
    const id = await insertProtection(tx, order);
    if (id === undefined) return { kind: 'taken' };
    await writeRules(tx, id, plan);
    return { kind: 'protected', protection: await finish(tx, order, 'protection.create') };
  });
}

export type ChangeProtectionResult =
  | Exclude<ProtectResult, { kind: 'taken' }>
  /** There is no such protection, or no such rule of it. */
  | { readonly kind: 'not_found' };

/** Changes, adds and removes rules; what is null stays as it is. */
export async function changeProtection(
  db: Db,
  order: ProtectionTarget & {
    readonly deployRules: readonly RuleChange[] | null;
    readonly approvalRules: readonly RuleChange[] | null;
  },
): Promise<ChangeProtectionResult> {
  return db.transaction(async (tx): Promise<ChangeProtectionResult> => {
    await lockScope(tx, order.scope);
    const present = await findProtection(tx, order.scope, order.name);
    if (!present) return { kind: 'not_found' };
    const wanted = { deploy: order.deployRules ?? [], approval: order.approvalRules ?? [] };
    const plan = await planRules(tx, { ...order, present }, wanted);
    if (plan.kind === 'rule_not_found') return { kind: 'not_found' };
    if (plan.kind === 'invalid') return { kind: 'invalid', messages: plan.messages };
    await writeRules(tx, present.id, plan);
    return { kind: 'protected', protection: await finish(tx, order, 'protection.update') };
  });
}

/** False when it was not protected. */
export async function unprotectEnvironment(db: Db, target: ProtectionTarget): Promise<boolean> {
  return db.transaction(async (tx) => {
    await lockScope(tx, target.scope);
    const present = await findProtection(tx, target.scope, target.name);
    if (!present) return false;
    await deleteProtection(tx, present.id);
    await audit(tx, target, 'protection.delete');
    return true;
  });
}

const longestName = 255;

function nameProblems({ scope, name }: ProtectionTarget): string[] {
  if (scope.kind === 'group') {
    const isTier = environmentTiers.some((tier) => tier === name);
    return isTier ? [] : [`Name must be one of environment tiers: ${environmentTiers.join(', ')}.`];
  }
  if (name.trim() === '') return ["Name can't be blank"];
  const isLong = Array.from(name).length > longestName;
  return isLong ? [`Name is too long (maximum is ${longestName} characters)`] : [];
}

/** A new protection has no rules that could not be found. */
function messagesOf(plan: Exclude<RulePlan, { kind: 'plan' }>): readonly string[] {
  return plan.kind === 'invalid' ? plan.messages : [];
}

/** One change at a time, so that the last rule for those who deploy is never lost. */
async function lockScope(tx: Tx, scope: ProtectionScope): Promise<void> {
  if (scope.kind === 'repo') await lockRow(tx, 'repos', scope.repoId);
  else await lockRow(tx, 'groups', scope.groupId);
}

async function finish(tx: Tx, target: ProtectionTarget, action: string): Promise<ProtectedEnvironment> {
  await audit(tx, target, action);
  const protection = await findProtection(tx, target.scope, target.name);
  if (!protection) throw new Error(`the protection of ${target.name} is gone`);
  return protection;
}

async function audit(tx: Tx, target: ProtectionTarget, action: string): Promise<void> {
  const { scope, name, actor, now } = target;
  await recordAudit(tx, {
    actorId: actor.id,
    action,
    repoId: scope.kind === 'repo' ? scope.repoId : null,
    subject: name,
    details: scope.kind === 'group' ? { groupId: scope.groupId } : {},
    now,
  });
}
