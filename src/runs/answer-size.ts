const largestAnswer = 8 * 1024 * 1024;
const smallestAnswer = 64 * 1024;
const largestRun = 64 * 1024 * 1024;

/**
 * How much of a job's output is kept as its answer. All answers of a run are put together for whoever waits for it, so
 * that they share a limit. The job's log keeps more.
 */
export function answerMaxBytes(jobs: number): number {
  return Math.max(smallestAnswer, Math.min(largestAnswer, Math.floor(largestRun / Math.max(1, jobs))));
}
