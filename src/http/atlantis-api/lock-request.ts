import { z } from 'zod';
import { cleanDir, workspaceRule } from '../../repo-config/index.ts';
import { decodeGoJson, goString, goStruct } from '../go-json/index.ts';

const lockRequest = goStruct(
  { package: 'controllers', type: 'LockRequest' },
  { repo_full_name: goString, path: goString, project_name: goString, workspace: goString, note: goString },
);

/** Longest values in characters. */
const limits = { repo_full_name: 512, path: 1024, project_name: 255, workspace: 255, note: 4000 } as const;

/** The body of `POST /api/lock`, for the description of the API; `readLockRequest` is what reads it. */
export const lockRequestBody = z
  .object({
    repo_full_name: z.string().min(1).max(limits.repo_full_name).describe('Full name, or <host>/<full name>'),
    path: z.string().max(limits.path).optional().describe('Folder of the project; the root when absent'),
    project_name: z.string().max(limits.project_name).optional().describe('Absent: every project of the folder'),
    workspace: z.string().min(1).max(limits.workspace),
    note: z.string().min(1).max(limits.note).describe('Why, for those whom the lock keeps out'),
  })
  .describe('Keys are matched in any letter case.');

export type LockRequest = {
  readonly repository: string;
  readonly dir: string;
  readonly workspace: string;
  readonly projectName: string;
  readonly note: string;
};

export type ReadLockRequest =
  | { readonly ok: true; readonly request: LockRequest }
  | { readonly ok: false; readonly error: string };

/** Reads the body, with Atlantis' texts where it has one. */
export function readLockRequest(body: Buffer): ReadLockRequest {
  const decoded = decodeGoJson(body, lockRequest);
  if (!decoded.ok) return { ok: false, error: `failed to parse JSON: ${decoded.error}` };
  const { repo_full_name, path, project_name, workspace, note } = decoded.value;
  if (repo_full_name === '' || workspace === '' || note === '') {
    return { ok: false, error: 'repo_full_name, workspace, and note are required' };
  }
  const error =
    tooLong(decoded.value) ?? pathError(path) ?? workspaceError(workspace) ?? controlError(project_name, note);
  if (error !== undefined) return { ok: false, error };
  return {
    ok: true,
    request: { repository: repo_full_name, dir: cleanDir(path), workspace, projectName: project_name, note },
  };
}

function tooLong(fields: Readonly<Record<keyof typeof limits, string>>): string | undefined {
  for (const [field, limit] of Object.entries(limits)) {
    const { length } = fields[field as keyof typeof limits];
    if (length > limit) return `${field} has ${length} characters, more than ${limit}`;
  }
  return undefined;
}

function pathError(path: string): string | undefined {
  if (path.split('/').includes('..')) return "path cannot contain '..'";
  return /[\\\p{Cc}]/u.test(path) ? "path cannot contain '\\' or control characters" : undefined;
}

function workspaceError(workspace: string): string | undefined {
  const reason = workspaceRule(workspace);
  return reason && `workspace ${reason}`;
}

function controlError(projectName: string, note: string): string | undefined {
  if (/\p{Cc}/u.test(projectName)) return 'project_name cannot contain control characters';
  return /[^\P{Cc}\n\r\t]/u.test(note) ? 'note cannot contain control characters' : undefined;
}
