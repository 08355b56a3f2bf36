import { ensureSystemUser } from '../../access/index.ts';
import type { Db } from '../../db/index.ts';
import { changeVisibility, type Repo, visibilities } from '../../repos/index.ts';
import type { CliContext } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { findOneRepo } from '../find-repo.ts';
import { jsonFlag, readFlags } from '../read-flags.ts';
import { databaseFlags, withDatabase } from '../with-database.ts';
import { shownRepo } from './shown-repo.ts';

export const repoSetForm = {
  usage: 'polder repo set <owner>/<name> --visibility <visibility> [flags]',
  description:
    'Makes a repository public or private. Everybody with a token, of whatever role and repository, may read the environments and deployments of a public one; its runs and logs stay private. A repository is private at first.',
  operands: 1,
  rows: {
    visibility: {
      status: 'built',
      flagOnly: true,
      type: 'string',
      default: '',
      required: true,
      choices: visibilities,
      help: `Who may see it: ${visibilities.join(' or ')}.`,
    },
    ...databaseFlags,
    ...jsonFlag,
  },
} as const;

/** `polder repo set`. */
export async function runRepoSet(context: CliContext): Promise<number> {
  const flags = readFlags(context, repoSetForm);
  if (flags.kind === 'ended') return flags.code;
  const [reference = ''] = flags.operands;
  const { databaseUrl, json, visibility } = flags.options;
  const result = await withDatabase(databaseUrl, (db) => set(context, db, { reference, visibility }));
  if (typeof result === 'string') {
    context.complain(result);
    return exitCodes.fault;
  }
  context.write(json ? `${JSON.stringify(shownRepo(result))}\n` : `${result.fullName} is ${result.visibility}.\n`);
  return exitCodes.ok;
}

async function set(
  context: CliContext,
  db: Db,
  { reference, visibility }: { readonly reference: string; readonly visibility: string },
): Promise<Repo | string> {
  const found = await findOneRepo(db, reference);
  if (found.kind === 'refused') return found.message;
  const now = context.now();
  const actor = await ensureSystemUser(db, 'polder', now);
  const wanted = visibilities.find((each) => each === visibility) ?? found.repo.visibility;
  const changed = await changeVisibility(db, { repoId: found.repo.id, visibility: wanted, actor, now });
  return changed ?? `changing ${found.repo.fullName}: it is not there any more`;
}
