import { afterAll, onTestFinished, TestRunner } from 'vitest';

type Cleanup = () => unknown;

const ofFile: Cleanup[] = [];

/** Runs `clean` when the test that is running ends, or, outside of a test (in `beforeAll`), when its file ends. */
export function onCleanup(clean: Cleanup): void {
  if (TestRunner.getCurrentTest()) onTestFinished(async () => void (await clean()));
  else ofFile.push(clean);
}

/** To be called once a file, before anything else registers. */
export function runFileCleanups(): void {
  afterAll(async () => {
    while (ofFile.length > 0) await ofFile.pop()?.();
  });
}
