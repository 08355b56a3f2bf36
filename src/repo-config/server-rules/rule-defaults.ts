import type { Options } from '../../config/index.ts';
import type { RuleDefaults } from './types.ts';

type Deciding = Pick<
  Options,
  'automerge' | 'parallelPlan' | 'parallelApply' | 'autodiscoverMode' | 'disableRepoLocking' | 'enablePolicyChecks'
>;

/** What the server's flags decide where neither its rules nor a repository's own file do. */
export function ruleDefaults(options: Deciding): RuleDefaults {
  return {
    automerge: options.automerge,
    parallelPlan: options.parallelPlan,
    parallelApply: options.parallelApply,
    autodiscoverMode: options.autodiscoverMode,
    repoLocking: !options.disableRepoLocking,
    policyChecks: options.enablePolicyChecks,
  };
}
