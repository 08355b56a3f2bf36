import type { User } from '../../access/index.ts';
import type { AccessLevel, AccessSubject } from './types.ts';

const levelNames: Readonly<Record<AccessLevel, string>> = {
  20: 'Reporters + Developers + Maintainers',
  30: 'Developers + Maintainers',
  40: 'Maintainers',
  60: 'Administrators',
};

/** Whom a rule admits, for people. `user` is the one of the rule's `userId`, if it has one that is known. */
export function describeSubject(rule: AccessSubject, user: User | undefined): string {
  if (rule.userId !== null) return user?.name ?? `User ${rule.userId}`;
  if (rule.accessLevel !== null) return levelNames[rule.accessLevel];
  return `Group ${rule.groupId ?? ''}`;
}
