import { cleanDir, compileGlob, isGlob, workspaceRule } from '../repo-config/index.ts';
import { projectPatternError } from './match-project-names.ts';
import { quoted } from './shown-text.ts';
import type { CommentLanguage } from './types.ts';

type Values = ReadonlyMap<string, string>;

/** What is wrong with the values of a command's flags, for people; the first of several. */
export function checkFlags(values: Values, language: CommentLanguage): string | undefined {
  return (
    dirProblem(values.get('dir') ?? '') ??
    workspaceProblem(values.get('workspace') ?? '') ??
    projectProblem(values, language) ??
    policySetProblem(values.get('policy-set') ?? '') ??
    mergeProblem(values, language)
  );
}

function dirProblem(dir: string): string | undefined {
  if (/[\\\p{Cc}]/u.test(dir)) {
    return `invalid directory ${quoted(dir)} with -d/--dir: cannot contain '\\' or control characters`;
  }
  if (!isGlob(dir)) {
    const isOutside = cleanDir(dir).startsWith('..');
    return isOutside ? `using a relative path ${quoted(dir)} with -d/--dir is not allowed` : undefined;
  }
  if (dir.includes('..')) return `using '..' in glob pattern ${quoted(dir)} with -d/--dir is not allowed`;
  return compileGlob(cleanDir(dir)) ? undefined : `invalid glob pattern ${quoted(dir)} with -d/--dir`;
}

function workspaceProblem(workspace: string): string | undefined {
  const reason = workspaceRule(workspace);
  return reason === undefined ? undefined : `invalid workspace ${quoted(workspace)}: ${reason}`;
}

function projectProblem(values: Values, { enableRegexpCmd }: CommentLanguage): string | undefined {
  const project = values.get('project') ?? '';
  if (project === '') return undefined;
  if (values.get('dir') || values.get('workspace')) {
    return 'cannot use -p/--project at same time as -d/--dir or -w/--workspace';
  }
  if (/\p{Cc}/u.test(project)) return `invalid project ${quoted(project)}: cannot contain control characters`;
  const reason = enableRegexpCmd ? projectPatternError(project) : undefined;
  return reason === undefined ? undefined : `invalid project ${quoted(project)}: ${reason}`;
}

function policySetProblem(name: string): string | undefined {
  return /\p{Cc}/u.test(name) ? `invalid policy set ${quoted(name)}: cannot contain control characters` : undefined;
}

function mergeProblem(values: Values, { hostType, mergeMethods }: CommentLanguage): string | undefined {
  const method = values.get('auto-merge-method') ?? '';
  if (method === '') return undefined;
  if (values.get('auto-merge-disabled') === 'true') {
    return 'cannot use --auto-merge-method at the same time as --auto-merge-disabled';
  }
  if (mergeMethods.length === 0) return `--auto-merge-method is not currently implemented for ${hostType}`;
  if (mergeMethods.includes(method)) return undefined;
  return `invalid --auto-merge-method ${quoted(method)}: must be one of ${mergeMethods.join(', ')}`;
}
