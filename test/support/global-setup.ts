import type { TestProject } from 'vitest/node';
import { findEngine, type TestEngine } from './engine.ts';
import { startKeeper } from './start-keeper.ts';

declare module 'vitest' {
  interface ProvidedContext {
    engine: TestEngine | null;
    postgresKeeper: string;
  }
}

/** What a whole run shares: which engine it uses, and a PostgreSQL server that starts when the first test asks. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const engine = findEngine();
  console.log(
    engine
      ? `tests use ${engine.distribution} ${engine.version} (${engine.from}: ${engine.binary})`
      : 'tests that need terraform or tofu will fail: neither is on PATH, and npm carries none for this machine',
  );
  project.provide('engine', engine);
  const keeper = await startKeeper();
  project.provide('postgresKeeper', keeper.socket);
  return keeper.stop;
}
