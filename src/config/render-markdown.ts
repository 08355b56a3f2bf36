import type { OptionRow } from './option.ts';
import { defaultText } from './render-help.ts';
import { optionGroups } from './table/index.ts';

const introduction = `# Server options

<!-- Made from the options table by \`npm run docs\`. Change the table, not this page. -->

Every option of \`polder server\`. The options of Atlantis keep their names, so that its flags, variables and
configuration file work as they are.

## Where an option is read from

The first of these that has it:

1. the command line: \`--port 4141\` or \`--port=4141\`. A switch takes its value after \`=\`: \`--tf-download=false\`;
2. the environment: \`POLDER_PORT\`, else \`ATLANTIS_PORT\`: the name in capitals, with \`_\` for \`-\`. An empty variable
   counts as none, and so does \`tcp://…\` for a number, which Kubernetes sets for services;
3. the file that \`--config\` names, in YAML or JSON: \`port: 4141\`. A key that is no option is an error;
4. the default.

Lists have commas between their values; in the file they may be YAML lists. Switches take \`true\`, \`t\`, \`1\`, \`false\`,
\`f\` or \`0\`, durations are written like \`90s\` or \`1h30m\`. In paths \`~/\` is the home folder, and relative ones start
where the server is started. A secret is better given by the environment or the file than on the command line, which
every user of the machine can read. With an error the server does not start: it tells all values that cannot be read,
or, when all can, all that are not allowed.

## Options without effect yet

Marked **later**: the option is accepted, and one warning at the start names all such options that are set.
Marked **refused**: the option protects something that this version does not enforce yet. The server does not start
with it, so that nobody relies on a protection that is not there.
`;

/** The page \`docs/server-options.md\`. */
export function renderOptionsMarkdown(): string {
  const groups = optionGroups.map(({ title, rows }) => {
    const lines = Object.entries<OptionRow>(rows).map(([name, row]) => renderRow(name, row));
    return `## ${title}\n\n| Option | Type | Default | Meaning |\n| --- | --- | --- | --- |\n${lines.join('\n')}\n`;
  });
  return [introduction, ...groups].join('\n');
}

function renderRow(name: string, row: OptionRow): string {
  const type = row.secret ? `${row.type}, secret` : row.type;
  const cells = [`\`--${name}\``, type, defaultText(row), `${row.help}${note(row)}`];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function note(row: OptionRow): string {
  const deprecated = row.deprecated === undefined ? '' : ` **Deprecated**: use \`${row.deprecated}\`.`;
  const status = row.status === 'built' ? '' : ` **${row.status === 'later' ? 'Later' : 'Refused'}**: ${row.why}.`;
  return `${deprecated}${status}`;
}
