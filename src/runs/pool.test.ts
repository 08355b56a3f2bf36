import { describe, expect, it } from 'vitest';
import { createPool, type Turn } from './pool.ts';

/** A job that notes where it is, and goes on when it is told. */
function createJob(name: string, diary: string[]) {
  const settle: (() => void)[] = [];
  const step = (text: string) => {
    diary.push(`${name} ${text}`);
    return new Promise<void>((resolve) => settle.push(resolve));
  };
  const body = async (turn: Turn) => {
    diary.push(`${name} under way`);
    await turn(() => step('at work'));
    await step('written down');
  };
  return { body, goOn: () => settle.shift()?.() };
}

const quiet = () => new Promise((resolve) => setImmediate(resolve));

describe('createPool', () => {
  it('has one job more under way than at work', async () => {
    const diary: string[] = [];
    const pool = createPool(1);
    const [a, b, c] = [createJob('a', diary), createJob('b', diary), createJob('c', diary)];
    const all = [a, b, c].map((job) => pool.run(job.body));
    await quiet();
    expect(diary).toEqual(['a under way', 'b under way', 'a at work']);
    a.goOn();
    await quiet();
    expect(diary.splice(0)).toEqual(['a under way', 'b under way', 'a at work', 'b at work', 'a written down']);
    a.goOn();
    await quiet();
    expect(diary.splice(0)).toEqual(['c under way']);
    b.goOn();
    await quiet();
    expect(diary).toEqual(['c at work', 'b written down']);
    b.goOn();
    c.goOn();
    await quiet();
    c.goOn();
    await Promise.all(all);
  });

  it('gives the place of a job that throws to the next', async () => {
    const pool = createPool(1);
    const fail = () =>
      pool.run((turn) =>
        turn(async () => {
          throw new Error('no');
        }),
      );
    const ended = await Promise.allSettled([fail(), fail(), fail(), pool.run((turn) => turn(async () => 'done'))]);
    expect(ended.map((one) => one.status)).toEqual(['rejected', 'rejected', 'rejected', 'fulfilled']);
  });
});
