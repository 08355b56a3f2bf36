import { languageFunctions } from './language-functions.ts';
import { textFunctions } from './text-functions.ts';
import type { GoFunction } from './types.ts';
import { valueFunctions } from './value-functions.ts';

export { execute, type TemplateSet } from './execute.ts';
export { parseTemplate } from './parse.ts';
export type { Definition, GoFunction, GoValue } from './types.ts';

/** What templates may call: the functions of the language, and most of sprig's; none that reads the environment. */
export function templateFunctions(): ReadonlyMap<string, GoFunction> {
  const functions = new Map(Object.entries({ ...languageFunctions, ...textFunctions, ...valueFunctions }));
  for (const [name, call] of [...functions]) {
    const capital = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
    if (strict.test(name)) functions.set(`must${capital}`, call);
    if (ofPaths.test(name)) functions.set(`os${capital}`, call);
  }
  return functions;
}

/** Those of which sprig has a second one that fails where the first gives nothing. */
const strict =
  /^(regex(Match|Find|FindAll|ReplaceAll|ReplaceAllLiteral|Split)|(to|toPretty|toRaw|from)Json|first|last|rest|initial|append|push|prepend|uniq|without|has|compact|reverse|chunk|merge|mergeOverwrite|deepCopy)$/;

/** Those of which it has a second one for the paths of the server's system, which has slashes. */
const ofPaths = /^(base|dir|clean|ext|isAbs)$/;
