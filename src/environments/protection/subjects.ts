import { findUsers, type User } from '../../access/index.ts';
import type { DbHandle } from '../../db/index.ts';
import { findGroups, type Group } from '../../repos/index.ts';
import type { AccessLevel, AccessSubject } from './types.ts';

/** Whom rules name, by id. */
export type Subjects = {
  readonly users: ReadonlyMap<number, User>;
  readonly groups: ReadonlyMap<number, Group>;
};

export async function findSubjects(handle: DbHandle, rules: readonly AccessSubject[]): Promise<Subjects> {
  const users = rules.flatMap(({ userId }) => userId ?? []);
  const groups = rules.flatMap(({ groupId }) => groupId ?? []);
  return { users: await findUsers(handle, users), groups: await findGroups(handle, groups) };
}

const levelNames: Readonly<Record<AccessLevel, string>> = {
  20: 'Reporters + Developers + Maintainers',
  30: 'Developers + Maintainers',
  40: 'Maintainers',
  60: 'Administrators',
};

/** Whom a rule admits, for people: the name of the user or group, or what the level is called. */
export function describeSubject(rule: AccessSubject, { users, groups }: Subjects): string {
  if (rule.userId !== null) return users.get(rule.userId)?.name ?? `User ${rule.userId}`;
  if (rule.accessLevel !== null) return levelNames[rule.accessLevel];
  return (
    groups
      .get(rule.groupId ?? 0)
      ?.path.split('/')
      .at(-1) ?? `Group ${rule.groupId ?? ''}`
  );
}
