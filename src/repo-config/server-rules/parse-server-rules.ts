import { basename } from 'node:path';
import { checkDocument, type InvalidDocument } from '../check-document.ts';
import { rawRules } from './raw-rules.ts';
import { readJson } from './read-json.ts';
import { repoIdRule } from './rule-fields.ts';
import type { ServerRules } from './types.ts';
import { understandRules } from './understand-rules.ts';

export type ParsedServerRules = { readonly kind: 'ok'; readonly rules: ServerRules } | InvalidDocument;

export type RulesDocument = {
  readonly text: string;
  /** The path of the file, or the flag that the text came from. */
  readonly file: string;
  readonly format: 'yaml' | 'json';
  /** Names of hosts in use. An exact id whose host is none of them needs a dot in it. */
  readonly hosts?: readonly string[];
};

/**
 * Reads the server's rules for repositories (https://www.runatlantis.io/docs/server-side-repo-config). Everything that
 * is wrong is found in one go, keys that nobody knows among it; it never throws. In JSON, keys may be in capitals.
 */
export function parseServerRules({ text, file, format, hosts = [] }: RulesDocument): ParsedServerRules {
  const name = format === 'yaml' ? `${file} file` : file;
  if (text === '') return emptyDocument(name, file);
  const schema = rawRules(repoIdRule(['localhost', 'local', ...hosts]));
  const checked = checkDocument(
    format === 'yaml' ? { text, file: name } : { text, file: name, tree: readJson(text, schema) },
    schema,
  );
  if (checked.kind === 'invalid') return checked;
  return { kind: 'ok', rules: understandRules(checked.data, { file: basename(file), lineOf: checked.lineOf }) };
}

function emptyDocument(name: string, file: string): InvalidDocument {
  const message = `parsing ${name}: file ${file} was empty`;
  const issue = { line: 1, key: '', message: 'is empty' };
  return { kind: 'invalid', message, atlantisMessage: message, issues: [issue] };
}
