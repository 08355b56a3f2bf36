import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConfigurationFile, Distribution } from './types.ts';

/** More than any root module has: what lies beyond belongs to a repository that wants to exhaust us. */
const limits = { files: 1_000, bytesPerFile: 1024 * 1024, bytes: 16 * 1024 * 1024 } as const;

/**
 * The files that make up the root module in a folder. With OpenTofu a `.tofu` file takes the place of the `.tf` file of
 * the same name (https://opentofu.org/docs/language/files/). Names that editors leave behind are not configuration.
 */
export function rootModuleNames(names: readonly string[], distribution: Distribution): string[] {
  const usable = names.filter((name) => !/^[.#]|~$/.test(name));
  const terraform = usable.filter((name) => /\.tf(\.json)?$/.test(name));
  if (distribution === 'terraform') return terraform.toSorted();
  const tofu = usable.filter((name) => /\.tofu(\.json)?$/.test(name));
  const shadowed = new Set(tofu.map((name) => name.replace(/\.tofu(\.json)?$/, '.tf$1')));
  return [...terraform.filter((name) => !shadowed.has(name)), ...tofu].toSorted();
}

/**
 * Reads the files of the root module in a folder. Files that are not regular, larger than 1 MiB or beyond 1,000 files or
 * 16 MiB are left out, whatever they are: this is for looking, the engine reads for itself. A folder that is not there
 * has none.
 */
export function readRootModule(folder: string, distribution: Distribution): ConfigurationFile[] {
  const names = rootModuleNames(namesIn(folder), distribution);
  const files: ConfigurationFile[] = [];
  let total = 0;
  for (const name of names.slice(0, limits.files)) {
    const content = readSmallFile(join(folder, name));
    total += content?.length ?? 0;
    if (total > limits.bytes) break;
    if (content !== undefined) files.push({ path: name, content });
  }
  return files;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readSmallFile(path: string): string | undefined {
  let file: number | undefined;
  try {
    // Opening a named pipe would wait for a writer without O_NONBLOCK.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const found = fstatSync(file);
    if (!found.isFile() || found.size > limits.bytesPerFile) return undefined;
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
