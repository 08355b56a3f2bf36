import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { testEngine } from '../engine.ts';
import { temporaryDir } from '../temp.ts';

/**
 * The engine; it notes how it was started where that begins with the words that are given. `calls` gives what was noted
 * since it was asked last.
 */
export async function notingEngine(
  starting: string | undefined,
): Promise<{ readonly binary: string; calls(): Promise<readonly string[]> }> {
  const { binary } = testEngine();
  if (starting === undefined) return { binary, calls: async () => [] };
  const dir = await temporaryDir();
  const [program, noted] = [join(dir, 'engine'), join(dir, 'noted')];
  await writeFile(program, `#!/bin/sh\nprintf '%s\\n' "$*" >> '${noted}'\nexec '${binary}' "$@"\n`);
  await chmod(program, 0o755);
  return {
    binary: program,
    calls: async () => {
      const lines = (await readFile(noted, 'utf8')).split('\n');
      await writeFile(noted, '');
      return lines.filter((line) => line.startsWith(starting));
    },
  };
}
