import type { TreeView } from '../../src/projects/index.ts';
import {
  type AutodiscoverMode,
  mergeRepoConfig,
  parseRepoConfig,
  parseServerRules,
  type RepoSettings,
  rulesForRepo,
} from '../../src/repo-config/index.ts';
import { usualRuleDefaults } from './rules.ts';

export type SelectionParts = {
  /** The text of `atlantis.yaml`; without it the commit has none. */
  readonly config?: string;
  /** The text of `repos.yaml`; without it the repository may set everything. */
  readonly rules?: string;
  readonly mode?: AutodiscoverMode;
  readonly baseBranch?: string;
  readonly tree: TreeView;
  readonly autoplanFileList?: readonly string[];
};

const everythingAllowed = `repos:
- id: /.*/
  allowed_overrides: [workflow, plan_requirements, apply_requirements, import_requirements, repo_locks, repo_locking,
    delete_source_branch_on_merge, policy_check, custom_policy_check, silence_pr_comments]
`;

/** What selecting projects starts from, read and put together as the server does it. */
export function selectionContext(parts: SelectionParts) {
  const { config: text, rules = everythingAllowed, mode = 'auto', baseBranch = 'main' } = parts;
  const parsedRules = parseServerRules({ text: rules, file: 'repos.yaml', format: 'yaml' });
  if (parsedRules.kind === 'invalid') throw new Error(parsedRules.message);
  const defaults = { ...usualRuleDefaults, autodiscoverMode: mode };
  const rule = rulesForRepo(parsedRules.rules, { repoId: 'local/acme/infra', defaults });
  const parsed = text === undefined ? null : parseRepoConfig({ text, file: 'atlantis.yaml' });
  if (parsed?.kind === 'invalid') throw new Error(parsed.message);
  const config = parsed?.config ?? null;
  const merged = mergeRepoConfig(rule, config, { baseBranch });
  if (merged.kind === 'invalid') throw new Error(merged.message);
  const settings: RepoSettings = merged.repo;
  return {
    config,
    configFile: 'atlantis.yaml',
    tree: parts.tree,
    baseBranch,
    settings,
    settingsOf: merged.settingsOf,
    autoplanFileList: parts.autoplanFileList ?? defaultFileList,
  };
}

/** The default of `--autoplan-file-list`. */
export const defaultFileList = [
  '**/*.tf',
  '**/*.tf.json',
  '**/*.tfvars',
  '**/*.tfvars.json',
  '**/*.tofu',
  '**/*.tofu.json',
  '**/terragrunt.hcl',
  '**/.terraform.lock.hcl',
];
