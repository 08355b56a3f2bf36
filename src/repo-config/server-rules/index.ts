export { type MergedConfig, mergeRepoConfig } from './merge-repo-config.ts';
export { type ParsedServerRules, parseServerRules, type RulesDocument } from './parse-server-rules.ts';
export { readServerRules } from './read-server-rules.ts';
export { ruleDefaults } from './rule-defaults.ts';
export { isForBaseBranch, noServerRules, rulesForRepo } from './rules-for-repo.ts';
export * from './types.ts';
export { unbuiltRules } from './unsupported-rules.ts';
