import { PolderError } from '../lib/errors.ts';

/**
 * What `--gh-hostname` names, in lower case as GitHub writes it in its addresses: rules for repositories are found by it.
 * May have a port. Throws `option_invalid` for what is no host name.
 */
export function githubHostname(option: string): string {
  const name = option.toLowerCase().replace(/\/+$/, '');
  const url = URL.canParse(`https://${name}`) ? new URL(`https://${name}`) : undefined;
  if (url?.host === name.replace(/:443$/, '')) return url.host;
  const expected = 'expected a host name, such as github.example.com';
  throw new PolderError('option_invalid', `reading --gh-hostname: ${expected}, got ${JSON.stringify(option)}`);
}
