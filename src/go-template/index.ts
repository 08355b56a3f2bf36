import { languageFunctions } from './language-functions.ts';
import { textFunctions } from './text-functions.ts';
import type { GoFunction } from './types.ts';
import { valueFunctions } from './value-functions.ts';

export { execute, type TemplateSet } from './execute.ts';
export { parseTemplate } from './parse.ts';
export type { Definition, GoFunction, GoValue } from './types.ts';

/** What templates may call: what the language has, and most text functions of sprig; none that reads the environment. */
export function templateFunctions(): ReadonlyMap<string, GoFunction> {
  return new Map(Object.entries({ ...languageFunctions, ...textFunctions, ...valueFunctions }));
}
