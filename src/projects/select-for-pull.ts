import { matchProjectNames, type Selection } from '../commands/index.ts';
import { compileGlob } from '../repo-config/index.ts';
import { changedProjects } from './changed-projects.ts';
import { checkSelection, type SelectionRejection, type Target } from './check-selection.ts';
import type { CommitLook } from './commit-look.ts';
import { type Found, resolveTarget } from './resolve-target.ts';
import { restrictToFiles } from './restrict-to-files.ts';
import { inOrder, openScope, type SelectionContext, type SelectionScope } from './selection-scope.ts';
import type { Project } from './types.ts';

export type PullSelectionRequest = SelectionContext & {
  /** All paths that the pull request changes, those of files that are gone too. */
  readonly changedPaths: readonly string[];
  readonly target: PullSelectionTarget;
  /** Whether the configuration of the base branch lists a folder. */
  readonly wasListed: (dir: string) => boolean;
  /** `-p` may be a regular expression. */
  readonly enableRegexpCmd: boolean;
  /** Only what the pull request changes may be named. */
  readonly restrictFileList: boolean;
  /** Where the configuration lists projects, what it does not list is nothing instead of a mistake. */
  readonly silenceNoProjects: boolean;
  /** Null: neither modules nor workspaces of Terraform Cloud are looked for. */
  readonly look: CommitLook | null;
};

export type PullSelectionTarget =
  /** What the pull request touches and is planned without being asked. */
  | { readonly kind: 'autoplan' }
  /** What the pull request touches. */
  | { readonly kind: 'all' }
  /** What a comment names. */
  | { readonly kind: 'selection'; readonly selection: Selection };

export type PullSelection =
  | {
      readonly kind: 'selected';
      /** In ascending order of their groups, otherwise listed ones first, in the order of the file. */
      readonly projects: readonly Project[];
      /** Folders of projects that the pull request takes away, whose resources stay. None when a comment named some. */
      readonly removedDirs: readonly string[];
    }
  /** The folder that was named is one that discovery leaves out: nothing at all is to happen. */
  | { readonly kind: 'ignored' }
  /** In Atlantis's words where it has some. */
  | SelectionRejection;

/** Which projects a command on a pull request means, in the commit that it will check out. */
export async function selectForPull(request: PullSelectionRequest): Promise<PullSelection> {
  const scope = openScope(request);
  if (scope.kind === 'invalid') {
    return { kind: 'rejected', reason: 'config_invalid', message: scope.atlantisMessage };
  }
  const { target, changedPaths: paths, look, wasListed } = request;
  if (target.kind === 'selection') return selectNamed(request, scope, target.selection);
  const changed = await changedProjects(scope, { paths, isAutoplan: target.kind === 'autoplan', look, wasListed });
  return { kind: 'selected', projects: inOrder(changed.projects), removedDirs: changed.removedDirs };
}

function selectNamed(request: PullSelectionRequest, scope: SelectionScope, selection: Selection): PullSelection {
  const checked = checkSelection(selection);
  if (checked.kind === 'rejected') return checked;
  const projects: Project[] = [];
  for (const target of checked.targets) {
    const found = resolveNamed(request, scope, target);
    const allowed = request.restrictFileList
      ? restrictToFiles(found, { target, selection, changedPaths: request.changedPaths })
      : found;
    if (allowed.kind === 'ignored') return { kind: 'ignored' };
    if (allowed.kind === 'rejected') return allowed;
    projects.push(...allowed.projects);
  }
  return { kind: 'selected', projects: inOrder(projects), removedDirs: [] };
}

function resolveNamed(request: PullSelectionRequest, scope: SelectionScope, target: Target): Found {
  const { configured } = scope;
  const names = target.kind === 'name' && request.enableRegexpCmd ? namesMeant(scope, target.name) : [];
  if (target.kind === 'name' && names.length > 0) {
    return together(names.map((name) => resolveTarget(scope, { ...target, name })));
  }
  const found = resolveTarget(scope, target);
  const isSilent = request.silenceNoProjects && configured.projects.length > 0 && !isListed(scope, target);
  return isSilent && found.kind !== 'ignored' ? { kind: 'found', projects: [] } : found;
}

function isListed({ configured }: SelectionScope, target: Target): boolean {
  switch (target.kind) {
    case 'name':
      return configured.byName.has(target.name);
    case 'dir':
      return configured.byDir.has(target.dir);
    case 'glob': {
      const glob = compileGlob(target.pattern);
      return configured.projects.some(({ dir, workspace }) => workspace === target.workspace && glob?.matches(dir));
    }
  }
}

function together(found: readonly Found[]): Found {
  const projects: Project[] = [];
  for (const one of found) {
    if (one.kind !== 'found') return one;
    projects.push(...one.projects);
  }
  return { kind: 'found', projects };
}

function namesMeant({ configured, settings }: SelectionScope, written: string): readonly string[] {
  return matchProjectNames(written, [...configured.byName.keys()], settings.allowedRegexpPrefixes);
}
