import type { Selectable } from 'kysely';
import type { DbHandle, ProtectedEnvironmentsTable, ProtectionRulesTable, Tx } from '../../db/index.ts';
import type {
  AccessLevel,
  AccessSubject,
  ApprovalRule,
  DeployRule,
  GroupInheritanceType,
  ProtectedEnvironment,
  ProtectionScope,
} from './types.ts';

export type NewRule = AccessSubject & {
  readonly kind: 'deploy' | 'approval';
  readonly groupInheritanceType: GroupInheritanceType;
  readonly requiredApprovals: number;
};

/** Undefined when the name is protected already. */
export async function insertProtection(
  tx: Tx,
  protection: { readonly scope: ProtectionScope; readonly name: string; readonly now: number },
): Promise<number | undefined> {
  const row = await tx.query
    .insertInto('protected_environments')
    .values({ ...columnsOf(protection.scope), name: protection.name, created_at: protection.now })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  return row?.id;
}

export async function deleteProtection(tx: Tx, id: number): Promise<void> {
  await tx.query.deleteFrom('protection_rules').where('protected_environment_id', '=', id).execute();
  await tx.query.deleteFrom('protected_environments').where('id', '=', id).execute();
}

export async function insertRule(tx: Tx, protectionId: number, rule: NewRule): Promise<void> {
  const row = { protected_environment_id: protectionId, kind: rule.kind, ...ruleColumns(rule) };
  await tx.query.insertInto('protection_rules').values(row).execute();
}

export async function updateRule(tx: Tx, id: number, rule: Omit<NewRule, 'kind'>): Promise<void> {
  await tx.query.updateTable('protection_rules').set(ruleColumns(rule)).where('id', '=', id).execute();
}

export async function deleteRule(tx: Tx, id: number): Promise<void> {
  await tx.query.deleteFrom('protection_rules').where('id', '=', id).execute();
}

/** The protection of that very name. */
export async function findProtection(
  handle: DbHandle,
  scope: ProtectionScope,
  name: string,
): Promise<ProtectedEnvironment | undefined> {
  const row = await ofScope(handle, scope).selectAll().where('name', '=', name).executeTakeFirst();
  return row && (await withRules(handle, [row]))[0];
}

/** A page of them, in order of name. */
export async function listProtections(
  handle: DbHandle,
  scope: ProtectionScope,
  page: { readonly offset: number; readonly limit: number },
): Promise<ProtectedEnvironment[]> {
  const rows = ofScope(handle, scope).selectAll().orderBy('name').orderBy('id');
  return withRules(handle, await rows.offset(page.offset).limit(page.limit).execute());
}

export async function countProtections(handle: DbHandle, scope: ProtectionScope): Promise<number> {
  const count = ofScope(handle, scope).select(({ fn }) => fn.countAll<number>().as('n'));
  return Number((await count.executeTakeFirstOrThrow()).n);
}

/** All that a repo and these groups protect. */
export async function protectionsOf(
  handle: DbHandle,
  where: { readonly repoId: number; readonly groupIds: readonly number[] },
): Promise<ProtectedEnvironment[]> {
  const rows = await handle.query
    .selectFrom('protected_environments')
    .selectAll()
    .where((eb) =>
      eb.or([
        eb('repo_id', '=', where.repoId),
        ...(where.groupIds.length > 0 ? [eb('group_id', 'in', where.groupIds)] : []),
      ]),
    )
    .orderBy('id')
    .execute();
  return withRules(handle, rows);
}

function ofScope(handle: DbHandle, scope: ProtectionScope) {
  const rows = handle.query.selectFrom('protected_environments');
  return scope.kind === 'repo' ? rows.where('repo_id', '=', scope.repoId) : rows.where('group_id', '=', scope.groupId);
}

async function withRules(
  handle: DbHandle,
  rows: readonly Selectable<ProtectedEnvironmentsTable>[],
): Promise<ProtectedEnvironment[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const rules = await handle.query
    .selectFrom('protection_rules')
    .selectAll()
    .where('protected_environment_id', 'in', ids)
    .orderBy('id')
    .execute();
  return rows.map((row) => {
    const own = rules.filter((rule) => rule.protected_environment_id === row.id);
    return {
      id: row.id,
      scope: scopeOf(row),
      name: row.name,
      deployRules: own.filter(({ kind }) => kind === 'deploy').map(toDeployRule),
      approvalRules: own.filter(({ kind }) => kind === 'approval').map(toApprovalRule),
    };
  });
}

function scopeOf({ repo_id: repoId, group_id: groupId }: Selectable<ProtectedEnvironmentsTable>): ProtectionScope {
  return groupId === null ? { kind: 'repo', repoId: repoId ?? 0 } : { kind: 'group', groupId };
}

function columnsOf(scope: ProtectionScope) {
  return scope.kind === 'repo' ? { repo_id: scope.repoId, group_id: null } : { repo_id: null, group_id: scope.groupId };
}

function ruleColumns(rule: Omit<NewRule, 'kind'>) {
  return {
    user_id: rule.userId,
    group_id: rule.groupId,
    access_level: rule.accessLevel,
    group_inheritance_type: rule.groupInheritanceType,
    required_approvals: rule.requiredApprovals,
  };
}

function toDeployRule(row: Selectable<ProtectionRulesTable>): DeployRule {
  return {
    id: row.id,
    userId: row.user_id,
    groupId: row.group_id,
    accessLevel: row.access_level as AccessLevel | null,
    groupInheritanceType: row.group_inheritance_type as GroupInheritanceType,
  };
}

function toApprovalRule(row: Selectable<ProtectionRulesTable>): ApprovalRule {
  return { ...toDeployRule(row), requiredApprovals: row.required_approvals };
}
