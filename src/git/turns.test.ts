import { describe, expect, it } from 'vitest';
import { createTurns } from './turns.ts';

describe('createTurns', () => {
  it('does no more at once than it may, in the order of coming', async () => {
    const turns = createTurns(2);
    const log: string[] = [];
    const ends: (() => void)[] = [];
    const all = ['a', 'b', 'c'].map((name) =>
      turns(async () => {
        log.push(name);
        await new Promise<void>((resolve) => ends.push(resolve));
      }),
    );
    expect(log).toEqual(['a', 'b']);
    ends.shift()?.();
    await all[0];
    await Promise.resolve();
    expect(log).toEqual(['a', 'b', 'c']);
    for (const end of ends) end();
    await Promise.all(all);
  });

  it('gives the place of work that went wrong to the next', async () => {
    const turns = createTurns(1);
    const failed = turns(async () => {
      throw new Error('no');
    });
    const next = turns(async () => 'done');
    await expect(failed).rejects.toThrow('no');
    expect(await next).toBe('done');
  });
});
