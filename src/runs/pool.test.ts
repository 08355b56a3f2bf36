import { describe, expect, it } from 'vitest';
import { createPool, type PoolPlace } from './pool.ts';

/** A job that notes where it is, and goes on when it is told. */
function createJob(name: string, diary: string[], leaves = false) {
  const settle: (() => void)[] = [];
  const step = (text: string) => {
    diary.push(`${name} ${text}`);
    return new Promise<void>((resolve) => settle.push(resolve));
  };
  const body = async ({ turn, leave }: PoolPlace) => {
    diary.push(`${name} under way`);
    await turn(() => step('at work'));
    if (leaves) leave();
    await step('written down');
  };
  return { body, goOn: () => settle.shift()?.() };
}

type Job = ReturnType<typeof createJob>;

const never = { of: 1, signal: new AbortController().signal };
const quiet = () => new Promise((resolve) => setImmediate(resolve));

describe('createPool', () => {
  it('has one job more under way than at work', async () => {
    const diary: string[] = [];
    const pool = createPool(1);
    const [a, b, c] = [createJob('a', diary), createJob('b', diary), createJob('c', diary)];
    const all = [a, b, c].map((job) => pool.run(job.body, never));
    await quiet();
    expect(diary.splice(0)).toEqual(['a under way', 'b under way', 'a at work']);
    a.goOn();
    await quiet();
    expect(diary.splice(0).toSorted()).toEqual(['a written down', 'b at work']);
    a.goOn();
    await quiet();
    expect(diary.splice(0)).toEqual(['c under way']);
    b.goOn();
    await quiet();
    expect(diary.toSorted()).toEqual(['b written down', 'c at work']);
    b.goOn();
    c.goOn();
    await quiet();
    c.goOn();
    await Promise.all(all);
  });

  it('lets the next job come under way when one leaves, and no other when that one is over', async () => {
    const diary: string[] = [];
    const pool = createPool(1);
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => createJob(name, diary, true)) as [Job, Job, Job, Job];
    const all = [a, b, c, d].map((job) => pool.run(job.body, never));
    await quiet();
    a.goOn();
    await quiet();
    expect(diary.splice(0)).toEqual([
      'a under way',
      'b under way',
      'a at work',
      'a written down',
      'b at work',
      'c under way',
    ]);
    a.goOn();
    await quiet();
    expect(diary).toEqual([]);
    for (const job of [b, b, c, c, d, d]) {
      job.goOn();
      await quiet();
    }
    await Promise.all(all);
  });

  it('gives the place of a job that throws to the next', async () => {
    const pool = createPool(1);
    const fail = () =>
      pool.run(
        ({ turn }) =>
          turn(async () => {
            throw new Error('no');
          }),
        never,
      );
    const last = () => pool.run(({ turn }) => turn(async () => 'done'), never);
    const ended = await Promise.allSettled([fail(), fail(), fail(), last()]);
    expect(ended.map((one) => one.status)).toEqual(['rejected', 'rejected', 'rejected', 'fulfilled']);
  });

  it('keeps a job waiting no longer that has been called off, and gives no place away for it', async () => {
    const diary: string[] = [];
    const pool = createPool(1);
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => createJob(name, diary)) as [Job, Job, Job, Job];
    const off = new AbortController();
    const all = [a, b].map((job) => pool.run(job.body, never));
    all.push(pool.run(c.body, { of: 1, signal: off.signal }), pool.run(d.body, never));
    await quiet();
    off.abort();
    await quiet();
    expect(diary.splice(0)).toEqual(['a under way', 'b under way', 'a at work', 'c under way', 'c at work']);
    c.goOn();
    await quiet();
    c.goOn();
    await quiet();
    expect(diary.splice(0)).toEqual(['c written down']);
    for (const job of [a, a, b, b, d, d]) {
      job.goOn();
      await quiet();
    }
    await Promise.all(all);
    expect(diary.at(-1)).toBe('d written down');
  });

  it('lets runs take turns, so that a small one does not wait for all of a large one', async () => {
    const pool = createPool(1);
    const order: string[] = [];
    const wish = (of: number) => ({ of, signal: never.signal });
    const work = (name: string, of: number) =>
      pool.run(
        ({ turn }) =>
          turn(async () => {
            order.push(name);
            await quiet();
          }),
        wish(of),
      );
    const large = Array.from({ length: 8 }, (_, index) => work(`large ${index}`, 1));
    const small = [work('small 0', 2), work('small 1', 2), work('other', 3)];
    await Promise.all([...large, ...small]);
    expect(order.slice(0, 8)).toEqual([
      'large 0',
      'large 1',
      'large 2',
      'small 0',
      'other',
      'large 3',
      'small 1',
      'large 4',
    ]);
  });
});
