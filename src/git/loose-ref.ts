import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What a ref of a mirror points to, where it has a file of its own, as those have that a fetch has moved: see
 * gitrepository-layout(5). It takes some microseconds, and starting git two milliseconds of the server's time. Undefined
 * where git has to be asked. `fullName` was checked: see `checkRef`.
 */
export function looseRef(mirror: string, fullName: string): string | undefined {
  try {
    return /^([0-9a-f]{40}|[0-9a-f]{64})\n$/.exec(readFileSync(join(mirror, fullName), 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}
