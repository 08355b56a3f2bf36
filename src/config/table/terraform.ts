import { checkBaseUrl, checkTfeHostname, checkVersion } from '../checks.ts';
import type { OptionRows } from '../option.ts';

const distributions = ['terraform', 'opentofu'] as const;
const distributionMessage = 'invalid tf distribution: expected one of terraform or opentofu';

export const terraformOptions = {
  'default-tf-distribution': {
    type: 'string',
    default: 'terraform',
    status: 'built',
    choices: distributions,
    choicesMessage: `${distributionMessage} (--default-tf-distribution)`,
    help: 'What runs where a project does not say: `terraform` or `opentofu`. Where it is `terraform`, and OpenTofu alone is installed, that runs.',
  },
  'tf-distribution': {
    type: 'string',
    default: '',
    status: 'built',
    choices: ['', ...distributions],
    choicesMessage: `${distributionMessage} (--tf-distribution)`,
    deprecated: '--default-tf-distribution',
    help: 'Older name of `--default-tf-distribution`, which wins over it.',
  },
  'default-tf-version': {
    type: 'string',
    default: '',
    shownDefault: 'that of the binary on PATH',
    status: 'built',
    check: checkVersion,
    help: 'Version that runs where a project does not ask for one.',
  },
  'tf-download': {
    type: 'bool',
    default: true,
    status: 'built',
    help: 'Download versions that are not there.',
  },
  'tf-download-url': {
    type: 'string',
    default: 'https://releases.hashicorp.com',
    status: 'built',
    check: checkBaseUrl('tf-download-url'),
    help: 'Where Terraform is downloaded from.',
  },
  'use-tf-plugin-cache': {
    type: 'bool',
    default: true,
    status: 'built',
    help: 'Let all projects share one cache of providers.',
  },
  'tfe-hostname': {
    type: 'string',
    default: 'app.terraform.io',
    status: 'built',
    check: checkTfeHostname,
    help: 'Host name of Terraform Enterprise.',
  },
  'tfe-token': {
    type: 'string',
    default: '',
    status: 'built',
    secret: true,
    help: 'Token for Terraform Cloud or Enterprise, handed to engines.',
  },
  'tfe-local-execution-mode': {
    type: 'bool',
    default: false,
    status: 'later',
    why: 'logs are streamed wherever runs take place',
    help: 'Runs stay on this server although a token is set, so that their logs are streamed.',
  },
} as const satisfies OptionRows;
