export { mayDeploy } from './admits.ts';
export { type Coverage, mayDeployTo, readCoverage } from './coverage.ts';
export {
  type ChangeProtectionResult,
  changeProtection,
  type ProtectionTarget,
  type ProtectResult,
  protectEnvironment,
  unprotectEnvironment,
} from './protect-environment.ts';
export type { NewRuleOrder, RuleChange } from './rule-changes.ts';
export { countProtections, findProtection, listProtections } from './store.ts';
export { describeSubject, findSubjects, type Subjects } from './subjects.ts';
export * from './types.ts';
