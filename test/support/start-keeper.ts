import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type Keeper = { readonly socket: string; stop(): Promise<void> };

/**
 * Starts the process that keeps the PostgreSQL server of this run. It lives by our end of a pipe: when this process
 * goes, however it goes, the keeper stops the server and removes everything.
 */
export async function startKeeper(): Promise<Keeper> {
  const root = process.getuid?.() === 0;
  const runDir = await mkdtemp(join(root ? '/tmp' : tmpdir(), 'polder-pg-'));
  // The server may run as another user, who must get through to its own folders in here.
  await chmod(runDir, 0o711);
  const socket = join(runDir, 'keeper.sock');
  const program = join(import.meta.dirname, 'postgres-keeper.ts');
  const keeper = spawn(process.execPath, ['--import', 'tsx', program, runDir, socket], {
    // A group of its own: Ctrl-C in a terminal must not reach the server before the tests have ended.
    detached: true,
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  const ended = once(keeper, 'exit');
  keeper.unref();
  return {
    socket,
    stop: async () => {
      keeper.ref();
      keeper.stdin.end();
      await ended;
    },
  };
}
