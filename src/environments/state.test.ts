import { describe, expect, it } from 'vitest';
import { type EnvironmentEvent, nextState } from './state.ts';
import { environmentStates } from './types.ts';

const legal: Record<EnvironmentEvent, string[]> = {
  start: ['stopping → available', 'stopped → available'],
  stop: ['available → stopping'],
  stop_complete: ['available → stopped', 'stopping → stopped'],
  recover_stuck_stopping: ['stopping → available'],
};

describe('nextState', () => {
  it.each(Object.entries(legal))('allows %s only %j', (event, expected) => {
    const allowed = environmentStates.flatMap((from) => {
      const to = nextState(event as EnvironmentEvent, from);
      return to ? [`${from} → ${to}`] : [];
    });
    expect(allowed).toEqual(expected);
  });
});
