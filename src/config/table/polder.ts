import { checkBaseUrl, checkDatabaseUrl, checkHost } from '../checks.ts';
import type { OptionRows } from '../option.ts';

const hour = 3_600_000;

/** Options that Atlantis does not have. */
export const polderOptions = {
  host: {
    type: 'string',
    default: '',
    shownDefault: 'all addresses',
    status: 'built',
    check: checkHost,
    help: 'Address to listen on, such as `127.0.0.1`.',
  },
  'local-repos-dir': {
    type: 'string',
    default: '',
    status: 'built',
    path: true,
    help: 'Folder with git repositories of this machine: `<owner>/<name>` or `<owner>/<name>.git` in it has the full name `<owner>/<name>` and the host `local`.',
  },
  'database-url': {
    type: 'string',
    default: '',
    shownDefault: '`sqlite:<data-dir>/polder/polder.db`',
    status: 'built',
    secret: true,
    check: checkDatabaseUrl,
    derive: ({ value }) => `sqlite:${value('data-dir')}/polder/polder.db`,
    help: 'Where everything is recorded: `sqlite:<path>`, or `postgres://…` for PostgreSQL 14 or newer.',
  },
  'database-pool-size': {
    type: 'int',
    default: 10,
    status: 'built',
    min: 1,
    max: 1000,
    help: 'How many connections to PostgreSQL this process opens at most.',
  },
  'terraform-binary': {
    type: 'string',
    default: '',
    shownDefault: 'found on PATH',
    status: 'built',
    path: true,
    help: 'The `terraform` or `tofu` to use wherever its version fits.',
  },
  'terraform-timeout': {
    type: 'duration',
    default: 4 * hour,
    shownDefault: '`4h`',
    status: 'built',
    min: 1000,
    help: 'How long one Terraform command may run before it is interrupted.',
  },
  'tofu-download-url': {
    type: 'string',
    default: '',
    shownDefault: 'get.opentofu.org and the releases on GitHub',
    status: 'built',
    check: checkBaseUrl('tofu-download-url'),
    help: 'Mirror that OpenTofu is downloaded from: `api.json`, and `v<version>/<file>` for each file of a release.',
  },
  'log-max-bytes': {
    type: 'int',
    default: 104_857_600,
    status: 'built',
    min: 10_000,
    help: "How much of one job's output is kept; what goes beyond is cut from the middle.",
  },
  'retention-days': {
    type: 'int',
    default: 90,
    status: 'built',
    min: 0,
    max: 36_500,
    help: 'For how many days the logs and plans of ended runs are kept; 0 is for ever.',
  },
  'locks-require-token': {
    type: 'bool',
    default: false,
    status: 'built',
    help: 'Ask for a token on `GET /api/locks` too, which is open in Atlantis.',
  },
  'max-project-statuses': {
    type: 'int',
    default: 25,
    status: 'built',
    min: 0,
    max: 1000,
    help: 'Up to how many projects a command on a pull request sets a commit status for each; above, only the combined ones.',
  },
  'summary-comment': {
    type: 'bool',
    default: false,
    status: 'built',
    help: 'Keep one comment on each pull request that tells where every project stands, and write it over as that changes.',
  },
} as const satisfies OptionRows;
