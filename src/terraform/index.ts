export { type Backend, localStatePath, readBackend } from './backend.ts';
export { withCloudToken, withoutMissingCliConfig } from './cli-config.ts';
export { type ConfigurationReader, createConfigurationReader } from './configuration-reader.ts';
export { createEngines, type EngineFound, type Engines, type EnginesOptions, type EngineWish } from './engines.ts';
export { type InitRun, initProject } from './init-project.ts';
export { applySummary, changesBegun, planOutput, planSummary, stripAnsi } from './output.ts';
export { readOutputFile } from './read-output-file.ts';
export { readRootModule, rootModuleNames } from './root-module.ts';
export { captureEngine, type EngineDeps, type EngineResult, type EngineRun, runEngine } from './run-engine.ts';
export { providersNotInstalled } from './state-providers.ts';
export {
  applyArgs,
  describeRun,
  importArgs,
  initArgs,
  planArgs,
  type StepArgs,
  showArgs,
  stateRmArgs,
} from './step-arguments.ts';
export type * from './types.ts';
