import { readFileSync } from 'node:fs';
import { camelCase, type OptionRow, type Options, optionsTable } from '../../config/index.ts';
import type { Finding } from '../../vcs/index.ts';

/** Shorter ones are words that stand in texts by themselves. */
const shortest = 6;

/** Takes the values of secret options out of findings: a host may repeat in an error what it was sent. */
export function createCensor(options: Options): (finding: Finding) => Finding {
  const values: Readonly<Record<string, unknown>> = options;
  const secrets = Object.entries<OptionRow>(optionsTable)
    // The address of the database is shown without its password anyway.
    .filter(([name, row]) => row.secret === true && name !== 'database-url')
    .map(([name, row]) => ({ value: values[camelCase(name)], standard: row.default }))
    .flatMap(({ value, standard }) => (typeof value === 'string' && value !== standard ? [value] : []))
    .concat(contentOf(options.ghTokenFile))
    .filter((value) => value.length >= shortest);
  const hide = (text: string) => secrets.reduce((rest, secret) => rest.replaceAll(secret, '<redacted>'), text);
  return (finding) => ({
    ...finding,
    text: hide(finding.text),
    remedy: finding.remedy === null ? null : hide(finding.remedy),
  });
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}
