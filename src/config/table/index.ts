import type { OptionRows, OptionsOf } from '../option.ts';
import { commentOptions } from './comments.ts';
import { coreOptions } from './core.ts';
import { hostOptions } from './hosts.ts';
import { planningOptions } from './planning.ts';
import { polderOptions } from './polder.ts';
import { repositoryPolicyOptions } from './repository-policy.ts';
import { storageOptions } from './storage.ts';
import { terraformOptions } from './terraform.ts';

/** The groups as help and manual show them. */
export const optionGroups: readonly { readonly title: string; readonly rows: OptionRows }[] = [
  { title: 'Server and web', rows: coreOptions },
  { title: "Polder's own", rows: polderOptions },
  { title: 'Which repositories, and what is allowed', rows: repositoryPolicyOptions },
  { title: 'Planning and applying', rows: planningOptions },
  { title: 'Terraform and OpenTofu', rows: terraformOptions },
  { title: 'Comments and commit statuses', rows: commentOptions },
  { title: 'Hosts', rows: hostOptions },
  { title: 'Storage of Atlantis', rows: storageOptions },
];

/**
 * Every option of the server: the 125 of Atlantis (https://www.runatlantis.io/docs/server-configuration) under their
 * own names, and Polder's own. Everything about an option is here and nowhere else.
 */
export const optionsTable = {
  ...coreOptions,
  ...polderOptions,
  ...repositoryPolicyOptions,
  ...planningOptions,
  ...terraformOptions,
  ...commentOptions,
  ...hostOptions,
  ...storageOptions,
} as const satisfies OptionRows;

export type OptionName = keyof typeof optionsTable;

/** The server's options, typed from the table: `--data-dir` is `dataDir`. Durations are milliseconds. */
export type Options = OptionsOf<typeof optionsTable>;
