import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseJson } from '../lib/parse-json.ts';

/** Where a project keeps its state, as its configuration says. */
export type Backend =
  /** No backend is configured: the state is a file in the project's folder. */
  | { readonly kind: 'none' }
  /** `backend "local"`: files as well. Null stands for the default. */
  | { readonly kind: 'local'; readonly path: string | null; readonly workspaceDir: string | null }
  | { readonly kind: 'cloud' }
  /** Kept elsewhere, by the backend of this type. */
  | { readonly kind: 'other'; readonly type: string };

/**
 * The backend that the last `init` set up in this project, from what it recorded. Hooks and earlier steps may write
 * configuration, so the repository's files alone would not tell. A record that cannot be understood is `other`, whose
 * state nobody touches.
 */
export function readBackend(projectDir: string): Backend {
  let text: string;
  try {
    text = readFileSync(join(projectDir, '.terraform', 'terraform.tfstate'), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { kind: 'none' };
    throw error;
  }
  return understand(parseJson(text));
}

/**
 * The state file of one workspace of a project whose state is a file; null for other backends. Absolute; a configured
 * path may lie outside the project.
 */
export function localStatePath(projectDir: string, workspace: string, backend: Backend): string | null {
  if (backend.kind !== 'none' && backend.kind !== 'local') return null;
  const { path, workspaceDir } = backend.kind === 'local' ? backend : { path: null, workspaceDir: null };
  return workspace === 'default'
    ? resolve(projectDir, path ?? 'terraform.tfstate')
    : resolve(projectDir, workspaceDir ?? 'terraform.tfstate.d', workspace, 'terraform.tfstate');
}

function understand(record: unknown): Backend {
  const backend = field(record, 'backend');
  if (isRecord(record) && backend == null) return { kind: 'none' };
  const type = field(backend, 'type');
  if (type === 'cloud') return { kind: 'cloud' };
  if (type !== 'local') return { kind: 'other', type: typeof type === 'string' ? type : 'unknown' };
  const config = field(backend, 'config');
  return { kind: 'local', path: textOf(config, 'path'), workspaceDir: textOf(config, 'workspace_dir') };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function field(value: unknown, name: string): unknown {
  return isRecord(value) ? value[name] : undefined;
}

function textOf(value: unknown, name: string): string | null {
  const text = field(value, name);
  return typeof text === 'string' && text !== '' ? text : null;
}
