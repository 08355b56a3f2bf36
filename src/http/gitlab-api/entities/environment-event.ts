import type { z } from 'zod';
import { can, type User } from '../../../access/index.ts';
import type { LoggedChange } from '../../../environments/index.ts';
import type { View } from './environment.ts';
import type { environmentEventSchema } from './schemas.ts';
import { isoTime } from './time.ts';
import { renderUserBasic } from './user.ts';

/** Facts that are times, in milliseconds since the epoch. */
const times = new Set(['autoStopAt', 'autoDeleteAt', 'deleteAt', 'nextStopAt', 'until']);
/** Facts that are durations in milliseconds, which the API has in seconds. */
const durations = new Set(['autoStopIn']);
/** What only those know who may see the cluster agent of an environment. */
const ofAgents = new Set(['clusterAgentId', 'kubernetesNamespace', 'fluxResourcePath']);

/** What happened to an environment: its facts have the names and forms that the environment's own fields have. */
export function renderEnvironmentEvent(
  change: LoggedChange,
  actor: User | undefined,
  { repo, principal, baseUrl }: View,
): z.infer<typeof environmentEventSchema> {
  const seesAgents = can(principal, 'agents:read', repo);
  const facts = Object.entries(change.data).filter(([name]) => seesAgents || !ofAgents.has(name));
  return {
    id: change.id,
    kind: change.kind,
    reason: change.reason,
    data: Object.fromEntries(facts.map(([name, value]) => [snakeCase(name), renderFact(name, value)])),
    actor: actor ? renderUserBasic(actor, baseUrl) : null,
    created_at: isoTime(change.createdAt),
  };
}

/** A fact, or what it was and is. */
function renderFact(name: string, value: unknown): unknown {
  if (typeof value === 'number') return times.has(name) ? isoTime(value) : durations.has(name) ? value / 1000 : value;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([side, inner]) => [side, renderFact(name, inner)]));
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
