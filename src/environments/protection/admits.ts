import type { Role } from '../../access/index.ts';
import type { AccessSubject, Person, ProtectedEnvironment } from './types.ts';

/** https://docs.gitlab.com/api/members/#roles; an administrator is above them all. */
const levels: Readonly<Record<Role, number>> = {
  guest: 10,
  reporter: 20,
  developer: 30,
  maintainer: 40,
  owner: 50,
  admin: 60,
};

/** Whether a rule is for this person. An administrator passes every rule. */
export function admits(rule: AccessSubject, person: Person): boolean {
  if (person.role === 'admin') return true;
  if (rule.userId !== null) return rule.userId === person.userId;
  return rule.accessLevel !== null && person.role !== null && levels[person.role] >= rule.accessLevel;
}

/** Whether all protections of an environment let the person deploy to it, stop it, change it and delete it. */
export function mayDeploy(protections: readonly ProtectedEnvironment[], person: Person): boolean {
  return protections.every(({ deployRules }) => deployRules.some((rule) => admits(rule, person)));
}
