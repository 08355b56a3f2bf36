import { type Actor, findUsers, type User } from '../../access/index.ts';
import type { Db, Tx } from '../../db/index.ts';
import type { Repo } from '../../repos/index.ts';
import { admits } from '../protection/admits.ts';
import { readCoverage } from '../protection/coverage.ts';
import { describeSubject, findSubjects } from '../protection/subjects.ts';
import type { Person } from '../protection/types.ts';
import { findApprovals, saveApproval } from './approval-store.ts';
import { type Approval, type ApprovalStatus, missingApprovals, type RuleSummary, summarise } from './approvals.ts';
import { auditDeployment, type HeldDeployment, holdDeployment } from './change-deployment.ts';
import { moveDeployment } from './move-deployment.ts';

export type ApprovalOrder = {
  readonly repo: Repo;
  readonly deploymentId: number;
  readonly status: ApprovalStatus;
  readonly comment: string | null;
  /** The user, group or role that a rule names, for which the person speaks; null for the first that fits. */
  readonly representedAs: string | null;
  readonly actor: Actor;
  readonly person: Person;
  /** Milliseconds since the epoch. */
  readonly now: number;
};

export type ApprovalResult =
  | { readonly kind: 'saved'; readonly approval: Approval; readonly user: User | null }
  | { readonly kind: 'not_found' }
  /** The message is a whole sentence in GitLab's words. */
  | { readonly kind: 'refused'; readonly message: string };

/**
 * Approves or rejects a deployment that waits. With the last approval that is missing it may be carried out: the next
 * apply of its commit does. A rejection fails it at once.
 */
export async function approveDeployment(db: Db, order: ApprovalOrder): Promise<ApprovalResult> {
  return db.transaction(async (tx): Promise<ApprovalResult> => {
    const held = await holdDeployment(tx, order);
    if (!held) return { kind: 'not_found' };
    const question = await askRules(tx, held, order);
    if (question.kind === 'refused') return question;
    const { deploymentId, status, comment, person, actor, now } = order;
    const approval = await saveApproval(tx, {
      ...{ deploymentId, userId: person.userId, ruleId: question.rule.rule.id, status, comment, createdAt: now },
    });
    await auditDeployment(tx, { ...order, environment: held.environment }, { action: 'deployment.approve', status });
    const rules = summarise(question.protections, await findApprovals(tx, deploymentId));
    const isDecided = status === 'rejected' || missingApprovals(rules) === 0;
    const what = status === 'rejected' ? 'drop' : 'unblock';
    if (isDecided) await moveDeployment(tx, held.deployment, { what, actorId: actor.id, now });
    const user = (await findUsers(tx, [person.userId])).get(person.userId) ?? null;
    return { kind: 'saved', approval, user };
  });
}

type Question =
  | {
      readonly kind: 'rule';
      readonly rule: RuleSummary;
      readonly protections: Parameters<typeof summarise>[0];
    }
  | { readonly kind: 'refused'; readonly message: string };

/** The rule that the person may speak for, or why there is none. The order of checks is GitLab's. */
async function askRules(tx: Tx, { deployment, environment }: HeldDeployment, order: ApprovalOrder): Promise<Question> {
  const protections = (await readCoverage(tx, order.repo))(environment);
  if (protections.length === 0) return refused('This environment is not protected.');
  const approvals = await findApprovals(tx, deployment.id);
  const rules = summarise(protections, approvals);
  if (rules.length === 0) return refused('Deployment approvals is not configured for this environment.');
  if (deployment.status !== 'blocked') return refused('This deployment is not waiting for approvals.');
  if (deployment.userId === order.person.userId) return refused(ownDeployment);
  const own = rules.filter(({ rule }) => admits(rule, order.person));
  if (own.length === 0) return refused(notAllowed);
  const named = order.representedAs === null ? own : await rulesNamed(tx, own, order.representedAs);
  // Whoever speaks again speaks for the same rule: one voice never counts for two.
  const earlier = approvals.find(({ userId }) => userId === order.person.userId)?.ruleId;
  const rule = named.find(({ rule: { id } }) => id === earlier) ?? named.find(({ missing }) => missing > 0) ?? named[0];
  return rule ? { kind: 'rule', rule, protections } : refused(noSuchRule);
}

async function rulesNamed(tx: Tx, rules: readonly RuleSummary[], name: string): Promise<RuleSummary[]> {
  const subjects = await findSubjects(
    tx,
    rules.map(({ rule }) => rule),
  );
  const namesOf = ({ rule }: RuleSummary) => {
    const login = subjects.users.get(rule.userId ?? 0)?.login;
    const path = subjects.groups.get(rule.groupId ?? 0)?.path;
    return [login, path, describeSubject(rule, subjects)];
  };
  return rules.filter((summary) => namesOf(summary).includes(name));
}

const ownDeployment =
  'You cannot approve your own deployment. This configuration can be adjusted in the protected environment settings.';
const notAllowed = "You don't have permission to approve this deployment. Contact the project or group owner for help.";
const noSuchRule =
  'There are no approval rules for the given `represent_as` parameter. Use a valid User/Group/Role name instead.';

function refused(message: string): { kind: 'refused'; message: string } {
  return { kind: 'refused', message };
}
