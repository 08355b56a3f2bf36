import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { ensureHostUser } from '../access/index.ts';
import { type Db, lockRow, type Tx } from '../db/index.ts';
import { isPolderError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { enqueue } from '../queue/index.ts';
import { ensureRepo } from '../repos/index.ts';
import type { VcsEvent, VcsHost } from '../vcs/index.ts';
import { endUnstarted, insertCommand } from './command-store.ts';
import { insertDeliveries } from './delivery-store.ts';
import { judgeEvent, judgeIdle, type Verdict } from './judge-event.ts';
import { type SeenPull, upsertPull } from './pull-store.ts';
import type { PullSettings } from './settings.ts';
import { commandTask, greetTask, noticeTask, statusTask } from './tasks.ts';
import type { Work } from './types.ts';

export type IntakeDeps = {
  readonly db: Db;
  readonly log: Log;
  readonly now: () => number;
  /** The repository allow-list. */
  readonly isAllowed: (host: string, fullName: string) => boolean;
  readonly pullSettings: PullSettings;
};

export type Reply = Pick<Verdict, 'status' | 'text'>;

/** Takes what hosts tell. */
export type Intake = {
  /**
   * Keeps an event with the work that it asks for, and says what its delivery is answered. Resolves when that has been
   * committed; an event whose delivery id is known changes nothing.
   */
  receive(host: VcsHost, event: VcsEvent): Promise<Reply>;
  /** What is answered of a pull request's event that starts nothing; null: its repo is not told. */
  replyToIdle(host: VcsHost, repoFullName: string | null): Reply;
  /** The same within a transaction of the caller's, for events that are made here. */
  receiveIn(tx: Tx, host: VcsHost, event: VcsEvent): Promise<Reply>;
};

/** Deliveries that are written at once: more would keep others from the database for too long. */
const atOnce = 100;

type Waiting = {
  readonly delivery: Delivery;
  settle(error?: unknown): void;
};

type Delivery = {
  readonly host: VcsHost;
  readonly event: VcsEvent;
  /** Whether the allow-list admits the repo. */
  readonly isAllowed: boolean;
  readonly verdict: Verdict;
};

/**
 * What comes while the database writes is written together with one commit afterwards: a commit waits for the disk, and
 * webhooks come in hundreds.
 */
export function createIntake(deps: IntakeDeps): Intake {
  const waiting: Waiting[] = [];
  let writing = false;
  const loginOf = createLogins(deps.log);
  const judge = async (host: VcsHost, event: VcsEvent): Promise<Delivery> => {
    const isAllowed = deps.isAllowed(host.hostname, event.repoFullName);
    const ownLogin = event.kind === 'comment' ? await loginOf(host) : null;
    const verdict = judgeEvent(event, { host, isAllowed, ownLogin, settings: deps.pullSettings });
    return { host, event, isAllowed, verdict };
  };
  const write = async () => {
    writing = true;
    while (waiting.length > 0) await writeTogether(deps, waiting.splice(0, atOnce));
    writing = false;
  };
  return {
    receive: async (host, event) => {
      const delivery = await judge(host, event);
      await new Promise<void>((resolve, reject) => {
        waiting.push({ delivery, settle: (error) => (error === undefined ? resolve() : reject(error)) });
        if (!writing) void write();
      });
      return replyOf(delivery.verdict);
    },
    replyToIdle: (host, repoFullName) => {
      const isAllowed = repoFullName !== null && deps.isAllowed(host.hostname, repoFullName);
      return replyOf(judgeIdle(repoFullName, { host, isAllowed }));
    },
    receiveIn: async (tx, host, event) => {
      const delivery = await judge(host, event);
      await keep(deps, tx, [delivery]);
      return replyOf(delivery.verdict);
    },
  };
}

function replyOf({ status, text }: Verdict): Reply {
  return { status, text };
}

/** One that cannot be written takes none of the others with it. */
async function writeTogether(deps: IntakeDeps, batch: readonly Waiting[]): Promise<void> {
  try {
    await deps.db.transaction((tx) =>
      keep(
        deps,
        tx,
        batch.map(({ delivery }) => delivery),
      ),
    );
    for (const { settle } of batch) settle();
  } catch (error) {
    if (batch.length > 1 && !isPolderError(error, 'database_unavailable')) {
      for (const one of batch) await writeTogether(deps, [one]);
    } else for (const { settle } of batch) settle(error);
  }
}

async function keep(deps: IntakeDeps, tx: Tx, deliveries: readonly Delivery[]): Promise<void> {
  const now = deps.now();
  const fresh = await insertDeliveries(
    tx,
    deliveries.map((delivery) => ({ ...recordOf(delivery), host: delivery.host.hostname, now, delivery })),
  );
  // Rows of pull requests are held until the end: servers that take them in one order never wait for each other's.
  for (const { delivery } of fresh.toSorted(byPull)) await act(tx, delivery, now);
}

type OfPull = { readonly host: string; readonly repoFullName: string; readonly pullNumber: number };

function byPull(one: OfPull, other: OfPull): number {
  const [repo, otherRepo] = [`${one.host}/${one.repoFullName}`, `${other.host}/${other.repoFullName}`];
  if (repo === otherRepo) return one.pullNumber - other.pullNumber;
  return repo < otherRepo ? -1 : 1;
}

/** What was refused by the allow-list is known apart: sent again once the repository is on it, it tells something new. */
function recordOf({ event, isAllowed }: Delivery) {
  const { kind, repoFullName, bodyDigest = null } = event;
  const nameOf = (id: string) => (isAllowed ? id : `refused ${id}`);
  return {
    deliveryId: nameOf(idOf(event)),
    bodyDigest: bodyDigest === null ? null : nameOf(bodyDigest),
    kind,
    repoFullName,
    pullNumber: numberOf(event),
  };
}

async function act(tx: Tx, { host, event, verdict }: Delivery, now: number): Promise<void> {
  switch (verdict.action.kind) {
    case 'nothing':
      return;
    case 'notice': {
      const { body, react } = verdict.action;
      const pull = { host: host.hostname, fullName: event.repoFullName, number: numberOf(event) };
      return enqueue(tx, { kind: noticeTask, payload: { ...pull, body, react } }, now);
    }
    case 'work':
      return queueWork(tx, { host, event, work: verdict.action.work, now });
  }
}

/** Longer ones than any host sends are kept by their digest: an index takes no more. */
function idOf({ deliveryId }: VcsEvent): string {
  if (deliveryId === null || deliveryId === '') return randomUUID();
  return deliveryId.length <= 200 ? deliveryId : createHash('sha256').update(deliveryId).digest('hex');
}

type NewWork = { readonly host: VcsHost; readonly event: VcsEvent; readonly work: Work; readonly now: number };

/** The command gets its place in the queue of its pull request, and what is needless because of it leaves the queue. */
async function queueWork(tx: Tx, { host, event, work, now }: NewWork): Promise<void> {
  const identity = { host: host.hostname, hostType: host.type, fullName: event.repoFullName };
  const repo = await ensureRepo(tx, identity, now);
  const actor = await ensureHostUser(tx, { host: host.hostname, login: event.sender }, now);
  const pull = await upsertPull(tx, repo, { number: numberOf(event), seen: seenIn(event), now });
  // A later command of the pull request gets a later number, whichever server it came to.
  await lockRow(tx, 'pulls', pull.id);
  const id = await insertCommand(tx, { pullId: pull.id, work, actorId: actor.id, now });
  if (work.kind !== 'comment' && (await endNeedless(tx, pull.id, { work, before: id, now })) > 0) {
    await enqueue(tx, { kind: statusTask, payload: { repoId: repo.id, number: pull.number } }, now);
  }
  await enqueue(tx, { kind: greetTask, payload: { commandId: id } }, now);
  if (work.kind === 'comment' && work.command.kind === 'cancel') return;
  await enqueue(tx, { kind: commandTask, payload: { commandId: id }, group: `pull:${pull.id}` }, now);
}

async function endNeedless(
  tx: Tx,
  pullId: number,
  { work, before, now }: { readonly work: Work; readonly before: number; readonly now: number },
): Promise<number> {
  if (work.kind === 'close') {
    return endUnstarted(tx, pullId, { state: 'cancelled', note: 'the pull request was closed', before, now });
  }
  const note = 'a newer push is planned instead';
  return endUnstarted(tx, pullId, { state: 'superseded', note, kinds: ['autoplan'], before, now });
}

function numberOf(event: VcsEvent): number {
  return event.kind === 'pull_opened' || event.kind === 'pull_updated' ? event.pull.number : event.pullNumber;
}

function seenIn(event: VcsEvent): SeenPull | null {
  if (event.kind !== 'pull_opened' && event.kind !== 'pull_updated') return null;
  const { pull } = event;
  return { ...pull, state: pull.open ? 'open' : 'closed' };
}

/** How long a host may take to say who we are: it waits for the answer to its delivery. */
const loginPatienceMs = 1000;

type LoginOf = (host: VcsHost) => Promise<string | null>;

/** Our login on each host, asked for once. A host that cannot say it, or not in time, keeps nobody from being heard. */
function createLogins(log: Log): LoginOf {
  const known = new Map<VcsHost, string | null>();
  const ask = async (host: VcsHost): Promise<string | null> => {
    const login = (await host.pulls?.ownLogin()) ?? null;
    known.set(host, login);
    return login;
  };
  return async (host) => {
    const login = known.get(host);
    if (login !== undefined) return login;
    const late = new AbortController();
    try {
      return await Promise.race([ask(host), pause(loginPatienceMs, null, { ref: false, signal: late.signal })]);
    } catch (error) {
      log.warn({ host: host.hostname, err: error }, 'our own login is not known');
      return null;
    } finally {
      late.abort();
    }
  };
}
