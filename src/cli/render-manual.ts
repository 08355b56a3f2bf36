import type { OptionRows } from '../config/index.ts';
import { agentDeleteForm } from './agent/delete.ts';
import { agentListForm } from './agent/list.ts';
import { agentRegisterForm } from './agent/register.ts';
import { agentShowForm } from './agent/show.ts';
import { doctorForm } from './doctor/form.ts';
import { envCreateForm } from './env/create.ts';
import { envDeleteForm } from './env/delete.ts';
import { envListForm } from './env/list.ts';
import { envShowForm } from './env/show.ts';
import { envStopForm } from './env/stop.ts';
import { envStopStaleForm } from './env/stop-stale.ts';
import { exitCodeMeanings } from './exit-codes.ts';
import { prApproveForm } from './pr/approve.ts';
import { prCloseForm } from './pr/close.ts';
import { prCommentForm } from './pr/comment.ts';
import { prListForm } from './pr/list.ts';
import { prMergeForm } from './pr/merge.ts';
import { prOpenForm } from './pr/open.ts';
import { prReadyForm } from './pr/ready.ts';
import { prShowForm } from './pr/show.ts';
import { quickstartForm } from './quickstart/form.ts';
import { type CommandForm, commandHelp } from './read-flags.ts';
import { repoListForm } from './repo/list.ts';
import { repoSetForm } from './repo/set.ts';
import { repoShowForm } from './repo/show.ts';
import { tokenCreateForm } from './token/create.ts';
import { tokenListForm } from './token/list.ts';
import { tokenRevokeForm } from './token/revoke.ts';
import { versionForm } from './version.ts';

const forms: readonly CommandForm<OptionRows>[] = [
  doctorForm,
  quickstartForm,
  tokenCreateForm,
  tokenListForm,
  tokenRevokeForm,
  repoListForm,
  repoShowForm,
  repoSetForm,
  prOpenForm,
  prListForm,
  prShowForm,
  prCommentForm,
  prApproveForm,
  prReadyForm,
  prCloseForm,
  prMergeForm,
  envListForm,
  envShowForm,
  envCreateForm,
  envStopForm,
  envDeleteForm,
  envStopStaleForm,
  agentListForm,
  agentShowForm,
  agentRegisterForm,
  agentDeleteForm,
  versionForm,
];

const introduction = `# Command line

<!-- Made from the program by \`npm run docs\`. Change \`src/cli\`, not this page. -->

The program is \`polder\`; \`bin/polder\` in a checkout, after \`npm ci && npm run build\`. Its first word is a command.
\`polder --help\` lists the commands, \`polder <command> --help\` tells about one.

Flags are written \`--flag value\` or \`--flag=value\`. A switch takes its value after \`=\`: \`--json=false\`. The last of
several flags of one name wins, and \`--\` ends the flags. Results go to standard output; errors go to standard error as
\`Error: <message>\`, in red on a terminal unless \`NO_COLOR\` is set.

## Exit codes

| Code | Meaning |
| --- | --- |
${exitCodeMeanings.map(([code, meaning]) => `| ${code} | ${meaning} |`).join('\n')}

## \`polder server\`

Starts the server, which serves until it is stopped. [Server options](server-options.md) has its flags, variables and
configuration file. It logs JSON lines to standard error.

SIGINT (Ctrl-C) and SIGTERM let it drain: \`/readyz\` answers 503, new runs are refused, and the process ends when the
work in hand has ended. A second signal ends it at once. Terraform processes then go on by themselves; the next start
deals with them as after a crash: no accepted run is lost, plans run again, and an apply that was under way is reported as
interrupted and never repeated.
`;

/** The page \`docs/command-line.md\`. */
export function renderCommandLineMarkdown(): string {
  const sections = forms.map((form) => {
    const name = /^polder( [a-z][a-z-]*)+/.exec(form.usage)?.[0];
    return `## \`${name}\`\n\n\`\`\`text\n${commandHelp(form)}\`\`\`\n`;
  });
  return [introduction, ...sections].join('\n');
}
