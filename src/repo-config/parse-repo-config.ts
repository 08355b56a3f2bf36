import { checkDocument, type InvalidDocument } from './check-document.ts';
import { rawConfig } from './raw-config.ts';
import type { RepoConfig } from './types.ts';
import { understand } from './understand.ts';

export type ParsedRepoConfig = { readonly kind: 'ok'; readonly config: RepoConfig } | InvalidDocument;

/**
 * Reads `atlantis.yaml`, version 3 or 2 (https://www.runatlantis.io/docs/repo-level-atlantis-yaml). Everything that is
 * wrong is found in one go; it never throws. How the projects go together depends on the base branch and the tree, and
 * is looked at when projects are selected. `file` is its name for people; the caller bounds the size of `text`.
 */
export function parseRepoConfig({ text, file }: { text: string; file: string }): ParsedRepoConfig {
  const checked = checkDocument({ text, file }, rawConfig);
  if (checked.kind === 'invalid') return checked;
  return { kind: 'ok', config: understand(checked.data, { file, lineOf: checked.lineOf }) };
}
