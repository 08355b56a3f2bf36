import type { OptionRows } from '../../config/index.ts';
import { jsonFlag } from '../read-flags.ts';

/** What `polder doctor` takes besides the options of the server. */
export const doctorRows = {
  repo: {
    type: 'string',
    default: '',
    status: 'built',
    flagOnly: true,
    help: 'A repository to look at, with its webhook: `owner/name`, or `host/owner/name` where there are several hosts.',
  },
  ...jsonFlag,
} as const satisfies OptionRows;

export const doctorForm = {
  usage: 'polder doctor [--repo owner/name] [--json] [flags of polder server]',
  description: `Looks whether a server with these flags, variables and configuration file would work, and says what to do
where it would not: options, data folder, database, git, engine, server-side rules, the address of the server, and of each
host the connection, the credentials, what they may do, and the webhook. Changes nothing, and shows no secret.

Writes a line for each finding: ok, warning or problem. Ends with 0 when there is no problem, with 1 when there is one, and
with 2 when the options are not valid, so that nothing else could be looked at.`,
  operands: 0,
  rows: doctorRows,
} as const;
