import { readFile } from 'node:fs/promises';
import type { Options } from '../../config/index.ts';
import { errorText } from '../../lib/errors.ts';
import type { InvalidDocument } from '../check-document.ts';
import { type ParsedServerRules, parseServerRules } from './parse-server-rules.ts';
import { noServerRules } from './rules-for-repo.ts';

type Naming = Pick<
  Options,
  | 'repoConfig'
  | 'repoConfigJson'
  | 'ghHostname'
  | 'gitlabHostname'
  | 'giteaBaseUrl'
  | 'bitbucketBaseUrl'
  | 'azuredevopsHostname'
>;

/** Reads the server's rules from where its options say that they are; no rules where they say nothing. Never throws. */
export async function readServerRules(options: Naming): Promise<ParsedServerRules> {
  const hosts = hostNames(options);
  if (options.repoConfigJson !== '') {
    return parseServerRules({ text: options.repoConfigJson, file: '--repo-config-json', format: 'json', hosts });
  }
  if (options.repoConfig === '') return { kind: 'ok', rules: noServerRules };
  let text: string;
  try {
    text = await readFile(options.repoConfig, 'utf8');
  } catch (error) {
    return unreadable(options.repoConfig, error);
  }
  return parseServerRules({ text, file: options.repoConfig, format: 'yaml', hosts });
}

/** Hosts may be given as a name, with a port, or as an address. */
function hostNames(options: Naming): string[] {
  const written = [
    options.ghHostname,
    options.gitlabHostname,
    options.giteaBaseUrl,
    options.bitbucketBaseUrl,
    options.azuredevopsHostname,
  ];
  return written.flatMap((host) => {
    const url = host.includes('://') ? host : `https://${host}`;
    return URL.canParse(url) ? [new URL(url).hostname, new URL(url).host] : [];
  });
}

function unreadable(file: string, error: unknown): InvalidDocument {
  const message = `parsing ${file} file: unable to read ${file} file: ${errorText(error)}`;
  const issue = { line: 1, key: '', message: 'cannot be read' };
  return { kind: 'invalid', message, atlantisMessage: message, issues: [issue] };
}
