import { type Actor, recordAudit } from '../../access/index.ts';
import { type Db, lockRow, type Tx } from '../../db/index.ts';
import type { Repo } from '../../repos/index.ts';
import type { Problems } from '../attributes.ts';
import { createEnvironmentIn } from '../create-environment.ts';
import { nameProblems } from '../names.ts';
import { mayDeployTo } from '../protection/coverage.ts';
import type { Person } from '../protection/types.ts';
import { findByName } from '../store.ts';
import { guessTier } from '../tier.ts';
import type { Deployment, Environment } from '../types.ts';
import type { DeploymentEvent } from './deployment-status.ts';
import { moveDeployment } from './move-deployment.ts';
import type { Revisions } from './revisions.ts';
import { findDeployment, findDeployments, insertDeployment, nextIid } from './store.ts';

/** What may be said of a deployment that somebody else carries out, and the event that leads there. */
export const reportedStatuses = ['running', 'success', 'failed', 'canceled'] as const;
export type ReportedStatus = (typeof reportedStatuses)[number];

export const eventOfStatus: Readonly<
  Record<ReportedStatus, DeploymentEvent & ('run' | 'succeed' | 'drop' | 'cancel')>
> = {
  running: 'run',
  success: 'succeed',
  failed: 'drop',
  canceled: 'cancel',
};

export type DeploymentReport = {
  readonly repo: Repo;
  /** The name of the environment, which is made when it is new. */
  readonly environment: string;
  readonly ref: string;
  readonly tag: boolean;
  readonly sha: string;
  readonly status: ReportedStatus;
  readonly actor: Actor;
  readonly person: Person;
  /** Milliseconds since the epoch. */
  readonly now: number;
};

export type RecordResult =
  | { readonly kind: 'recorded'; readonly deployment: Deployment }
  | { readonly kind: 'invalid'; readonly problems: Problems }
  /** The environment is protected from this person. */
  | { readonly kind: 'forbidden' };

/**
 * Records a deployment that was carried out elsewhere. Reporting the last success of an available environment again
 * gives that deployment: a report may be sent twice.
 */
export async function recordDeployment(
  deps: { readonly db: Db; readonly revisions: Pick<Revisions, 'findCommit' | 'hasBranchOrTag'> },
  report: DeploymentReport,
): Promise<RecordResult> {
  const sha = await deps.revisions.findCommit(report.repo, report.sha);
  const hasRef = await deps.revisions.hasBranchOrTag(report.repo, report.ref);
  const problems: Problems = {
    ...(sha === undefined ? { sha: ['The commit does not exist'] } : {}),
    ...(hasRef ? {} : { ref: ['The branch or tag does not exist'] }),
  };
  return deps.db.transaction((tx) => record(tx, { ...report, sha: sha ?? '' }, problems));
}

async function record(tx: Tx, report: DeploymentReport, problems: Problems): Promise<RecordResult> {
  const { repo, environment: name, actor, now } = report;
  // One at a time for each repo: names, slugs and numbers of deployments are given out once.
  await lockRow(tx, 'repos', repo.id);
  const known = await findByName(tx, repo.id, name);
  const wrongName = known ? [] : nameProblems(name);
  if (wrongName.length > 0) return { kind: 'invalid', problems: { name: wrongName } };
  const place = known ?? { name, tier: guessTier(name) };
  if (!(await mayDeployTo(tx, { ...place, repo }, report.person))) return { kind: 'forbidden' };
  if (Object.keys(problems).length > 0) return { kind: 'invalid', problems };
  const repeated = known && (await findRepeated(tx, known, report));
  if (repeated) return { kind: 'recorded', deployment: repeated };
  if (known) return { kind: 'recorded', deployment: await insert(tx, known, report) };
  const made = await createEnvironmentIn(tx, {
    ...{ repoId: repo.id, name, attributes: {}, actor, now },
    reason: 'a deployment to it was reported',
  });
  if (made.kind === 'agent_unknown') throw new Error('an environment without a cluster agent wants one');
  if (made.kind === 'invalid') return made;
  return { kind: 'recorded', deployment: await insert(tx, made.environment, report) };
}

async function findRepeated(
  tx: Tx,
  environment: Environment,
  { ref, tag, sha, status }: DeploymentReport,
): Promise<Deployment | undefined> {
  const lastId = environment.lastDeploymentId;
  if (lastId === null || environment.state !== 'available') return undefined;
  const last = (await findDeployments(tx, [lastId])).get(lastId);
  return last?.ref === ref && last.tag === tag && last.sha === sha && last.status === status ? last : undefined;
}

async function insert(tx: Tx, environment: Environment, report: DeploymentReport): Promise<Deployment> {
  const { repo, ref, tag, sha, status, actor, now } = report;
  await lockRow(tx, 'environments', environment.id);
  const id = await insertDeployment(tx, {
    ...{ iid: await nextIid(tx, repo.id), repoId: repo.id, environmentId: environment.id, status: 'created' },
    ...{ ref, tag, sha, userId: actor.id, runId: null, jobId: null, now },
  });
  const created = await findDeployment(tx, repo.id, id);
  const moved = created && (await moveDeployment(tx, created, { what: eventOfStatus[status], actorId: actor.id, now }));
  if (!moved) throw new Error(`deployment ${id} cannot become ${status}`);
  await recordAudit(tx, {
    ...{ actorId: actor.id, action: 'deployment.create', repoId: repo.id, subject: environment.name },
    details: { id, ref, sha, status },
    now,
  });
  return moved;
}
