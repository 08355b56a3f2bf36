import { describe, expect, it } from 'vitest';
import { answerMaxBytes } from './answer-size.ts';

const mebi = 1024 * 1024;

describe('answerMaxBytes', () => {
  it.each([
    [1, 8 * mebi],
    [8, 8 * mebi],
    [64, mebi],
    [1000, 67_108],
    [100_000, 64 * 1024],
  ])('of %i jobs is %i', (jobs, bytes) => {
    expect(answerMaxBytes(jobs)).toBe(bytes);
  });
});
