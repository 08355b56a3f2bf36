import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createRounds } from './rounds.ts';

/** Work whose rounds end when the test says so. */
function manualWork() {
  const rounds: { end: () => void; fail: (error: Error) => void; signal: AbortSignal }[] = [];
  const work = (signal: AbortSignal) =>
    new Promise<void>((end, fail) => {
      rounds.push({ end, fail, signal });
    });
  return { rounds, work };
}

describe('createRounds', () => {
  it('lets callers who come before a round begins share it', async () => {
    const { join } = createRounds();
    const { rounds, work } = manualWork();
    const both = Promise.all([join(1, work), join(1, work)]);
    await turn();
    rounds[0]?.end();
    await both;
    expect(rounds).toHaveLength(1);
  });

  it('begins another round for those who come while one runs, after it', async () => {
    const { join } = createRounds();
    const { rounds, work } = manualWork();
    const first = join(1, work);
    await turn();
    const later = Promise.all([join(1, work), join(1, work)]);
    await turn();
    expect(rounds).toHaveLength(1);
    rounds[0]?.fail(new Error('first'));
    await expect(first).rejects.toThrow('first');
    await turn();
    expect(rounds).toHaveLength(2);
    rounds[1]?.end();
    await later;
    expect(rounds).toHaveLength(2);
  });

  it('tells a round what each of its callers wants, and none of what came too late', async () => {
    const { join } = createRounds();
    const told: string[][] = [];
    const work = async (_signal: AbortSignal, wants: ReadonlySet<string>) => {
      told.push([...wants]);
      await turn();
    };
    const early = [join(1, work, { wants: ['a'] }), join(1, work), join(1, work, { wants: ['b', 'a'] })];
    await turn();
    const late = join(1, work, { wants: ['c'] });
    await Promise.all([...early, late]);
    expect(told).toEqual([['a', 'b'], ['c']]);
  });

  it('keeps keys apart', async () => {
    const { join } = createRounds();
    const { rounds, work } = manualWork();
    const both = Promise.all([join(1, work), join(2, work)]);
    await turn();
    expect(rounds).toHaveLength(2);
    for (const round of rounds) round.end();
    await both;
  });

  it('aborts a round only when nobody waits for it any more', async () => {
    const { join } = createRounds();
    const { rounds, work } = manualWork();
    const [one, two] = [new AbortController(), new AbortController()];
    const first = join(1, work, { signal: one.signal });
    const second = join(1, work, { signal: two.signal });
    await turn();
    one.abort(new Error('one'));
    await expect(first).rejects.toThrow('one');
    expect(rounds[0]?.signal.aborted).toBe(false);
    two.abort(new Error('two'));
    await expect(second).rejects.toThrow('two');
    expect(rounds[0]?.signal.aborted).toBe(true);
    rounds[0]?.end();
  });

  it('waits for an aborted round before it begins another', async () => {
    const { join } = createRounds();
    const { rounds, work } = manualWork();
    const leaver = new AbortController();
    const first = join(1, work, { signal: leaver.signal });
    await turn();
    leaver.abort(new Error('left'));
    await expect(first).rejects.toThrow('left');
    const second = join(1, work);
    await turn();
    expect(rounds).toHaveLength(1);
    rounds[0]?.end();
    await turn();
    rounds[1]?.end();
    await second;
    expect(rounds).toHaveLength(2);
  });

  it('refuses a caller whose signal is aborted already', async () => {
    const { join } = createRounds();
    const { rounds, work } = manualWork();
    await expect(join(1, work, { signal: AbortSignal.abort(new Error('gone')) })).rejects.toThrow('gone');
    expect(rounds).toHaveLength(0);
  });
});
