export { nearest } from './nearest.ts';
export { camelCase, environmentNames, type OptionRow, type OptionRows, type OptionsOf } from './option.ts';
export { parseDuration } from './parse-value.ts';
export { type CommandOptions, readCommandOptions } from './read-command-options.ts';
export { type ReadOptions, readOptions } from './read-options.ts';
export type { OptionSources } from './read-rows.ts';
export { renderOptionsHelp, renderRowsHelp } from './render-help.ts';
export { renderOptionsMarkdown } from './render-markdown.ts';
export { type OptionName, type Options, optionsTable } from './table/index.ts';
