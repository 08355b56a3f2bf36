export { branchTest } from './branch-test.ts';
export { type InvalidDocument, invalidContent, issuesMessage } from './check-document.ts';
export { cleanDir, workspaceRule } from './field-rules.ts';
export { compileGlob, type Glob, isGlob } from './glob.ts';
export { type ParsedRepoConfig, parseRepoConfig } from './parse-repo-config.ts';
export * from './server-rules/index.ts';
export * from './types.ts';
