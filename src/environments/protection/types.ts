import type { Role } from '../../access/index.ts';
import type { EnvironmentTier } from '../types.ts';

/** What is protected: names of a repo's environments, or tiers of all repos of a group. */
export type ProtectionScope =
  | { readonly kind: 'repo'; readonly repoId: number }
  | { readonly kind: 'group'; readonly groupId: number };

/** GitLab's numbers of the roles that rules may ask for: https://docs.gitlab.com/api/protected_environments/ */
export const accessLevels = [20, 30, 40, 60] as const;
export type AccessLevel = (typeof accessLevels)[number];

/** 0: direct members of a group, 1: inherited ones too. Kept, and without effect: Polder knows no members of groups. */
export const groupInheritanceTypes = [0, 1] as const;
export type GroupInheritanceType = (typeof groupInheritanceTypes)[number];

/** Whom a rule admits: one of user, group and level is set. */
export type AccessSubject = {
  readonly userId: number | null;
  readonly groupId: number | null;
  readonly accessLevel: AccessLevel | null;
};

export type DeployRule = AccessSubject & {
  readonly id: number;
  readonly groupInheritanceType: GroupInheritanceType;
};

export type ApprovalRule = DeployRule & { readonly requiredApprovals: number };

export type ProtectedEnvironment = {
  readonly id: number;
  readonly scope: ProtectionScope;
  /** A name, which may have `*` for any text, or the tier of a group. */
  readonly name: string;
  readonly deployRules: readonly DeployRule[];
  readonly approvalRules: readonly ApprovalRule[];
};

/** Somebody who wants to do something to an environment. `role`: null for one who has none at its repo. */
export type Person = { readonly userId: number; readonly role: Role | null };

/** What decides whether a protection covers an environment. */
export type Coverable = { readonly name: string; readonly tier: EnvironmentTier };
