import { join } from 'node:path';
import { parseTeamRules, type TeamRules } from '../access/index.ts';
import type { CommentTemplates } from '../comments/index.ts';
import type { Options } from '../config/index.ts';
import { PolderError } from '../lib/errors.ts';
import { type RuleDefaults, ruleDefaults, type ServerRules } from '../repo-config/index.ts';
import type { HostType } from '../vcs/index.ts';

/** The server's options that pull requests depend on, each named after its flag. */
export type PullSettings = Pick<
  Options,
  | 'allowCommands'
  | 'allowDraftPrs'
  | 'allowForkPrs'
  | 'automerge'
  | 'automergeMethod'
  | 'blockedExtraArgs'
  | 'checkoutStrategy'
  | 'disableApplyAll'
  | 'disableAutomergeLabel'
  | 'disableAutoplan'
  | 'disableAutoplanLabel'
  | 'disableMarkdownFolding'
  | 'disableRepoLocking'
  | 'disableUnlockLabel'
  | 'discardApprovalOnPlan'
  | 'emojiReaction'
  | 'enableDiffMarkdownFormat'
  | 'enableRegexpCmd'
  | 'executableName'
  | 'hidePrevPlanComments'
  | 'hideUnchangedPlanComments'
  | 'maxCommentsPerCommand'
  | 'parallelApply'
  | 'parallelPlan'
  | 'pendingApplyStatus'
  | 'restrictFileList'
  | 'silenceAllowlistErrors'
  | 'silenceForkPrErrors'
  | 'silenceNoProjects'
  | 'silenceVcsStatusNoPlans'
  | 'silenceVcsStatusNoProjects'
  | 'summaryComment'
  | 'varFileAllowlist'
  | 'vcsStatusName'
> & {
  /** The server's address for people, without a slash at its end. */
  readonly baseUrl: string;
  /** Where the server keeps its own files: records, states, and what is checked out for others. */
  readonly ownFolder: string;
  /** Which teams of a host may give which commands; a host that is not named has no rules. */
  readonly teamRules: Readonly<Partial<Record<HostType, TeamRules>>>;
  /** Above so many projects a command sets only the combined commit statuses. */
  readonly maxProjectStatuses: number;
  /** First parts of the names of commit statuses that do not count. */
  readonly ignoreVcsStatusNames: ReadonlySet<string>;
  readonly serverRules: ServerRules;
  readonly ruleDefaults: RuleDefaults;
  /** Of `--markdown-template-overrides-dir`; null without. */
  readonly commentTemplates: CommentTemplates | null;
  /** Whose local modules are watched; null when no module is. */
  readonly modulePatterns: readonly string[] | null;
};

/** What pull requests need of the server's options and its rules. Throws `option_invalid`, naming the flag. */
export function pullSettings(
  options: Options,
  serverRules: ServerRules,
  commentTemplates: CommentTemplates | null = null,
): PullSettings {
  return {
    ...options,
    baseUrl: options.atlantisUrl,
    ownFolder: join(options.dataDir, 'polder'),
    teamRules: {
      Github: teamRulesOf('gh-team-allowlist', options.ghTeamAllowlist),
      Gitlab: teamRulesOf('gitlab-group-allowlist', options.gitlabGroupAllowlist),
    },
    ignoreVcsStatusNames: new Set(listOf(options.ignoreVcsStatusNames)),
    serverRules,
    commentTemplates,
    ruleDefaults: ruleDefaults(options),
    modulePatterns: modulePatterns(options),
  };
}

function teamRulesOf(flag: string, text: string): TeamRules {
  const parsed = parseTeamRules(text);
  if (parsed.kind === 'invalid') throw new PolderError('option_invalid', `--${flag}: ${parsed.message}`);
  return parsed.rules;
}

function modulePatterns(options: Options): readonly string[] | null {
  const named = listOf(options.autoplanModulesFromProjects);
  if (named.length > 0) return named;
  return options.autoplanModules ? options.autoplanFileList : null;
}

function listOf(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
