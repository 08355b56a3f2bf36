import { type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { childEnvironment, runProcess } from '../exec/index.ts';
import type { Engine } from './types.ts';

/** Tells which engine a program is. */
export type EngineProbe = (binary: string) => Promise<Engine | undefined>;

/**
 * A probe that asks each program for its version once: later answers come from memory as long as the file keeps its
 * size and time. Undefined for what is not there or not an engine, which is asked again the next time: it may have been
 * the machine that was too busy to start it.
 */
export function createEngineProbe(env: Readonly<Record<string, string | undefined>>): EngineProbe {
  const known = new Map<string, Promise<Engine | undefined>>();
  return async (binary) => {
    const file = statOf(binary);
    if (!file?.isFile() || (file.mode & 0o111) === 0) return undefined;
    const key = `${binary}\0${file.mtimeMs}\0${file.size}`;
    const asked = known.get(key) ?? askVersion(binary, env);
    known.set(key, asked);
    const engine = await asked.catch(() => undefined);
    if (!engine) known.delete(key);
    return engine;
  };
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    // Somebody else's folder, or a file in the place of a folder.
    return undefined;
  }
}

async function askVersion(
  binary: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Engine | undefined> {
  const result = await runProcess({
    file: binary,
    args: ['version'],
    cwd: dirname(binary),
    env: childEnvironment(env, { CHECKPOINT_DISABLE: '1' }),
    output: { kind: 'capture', maxBytes: 64 * 1024 },
    timeoutMs: 10_000,
    killAfterMs: 1_000,
  });
  if (result.kind !== 'exited' || result.code !== 0) return undefined;
  // A warning about the command line's configuration may come first.
  const match = /^(Terraform|OpenTofu) v(\d+\.\d+\.\d+\S*)/m.exec(result.stdout);
  if (!match?.[2]) return undefined;
  return { distribution: match[1] === 'OpenTofu' ? 'opentofu' : 'terraform', binary, version: match[2] };
}
