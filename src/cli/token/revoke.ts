import { ensureSystemUser, revokeToken } from '../../access/index.ts';
import type { Db } from '../../db/index.ts';
import type { CliContext } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { jsonFlag, readFlags } from '../read-flags.ts';
import { databaseFlags, withDatabase } from '../with-database.ts';

export const tokenRevokeForm = {
  usage: 'polder token revoke <name or id> [flags]',
  description: 'Ends a token at once, also for requests to a running server.',
  operands: 1,
  rows: { ...databaseFlags, ...jsonFlag },
} as const;

/** `polder token revoke`. */
export async function runTokenRevoke(context: CliContext): Promise<number> {
  const flags = readFlags(context, tokenRevokeForm);
  if (flags.kind === 'ended') return flags.code;
  const [nameOrId = ''] = flags.operands;
  const { databaseUrl, json } = flags.options;
  return withDatabase(databaseUrl, (db) => revoke(context, db, { nameOrId, json }));
}

async function revoke(context: CliContext, db: Db, what: { nameOrId: string; json: boolean }): Promise<number> {
  const now = context.now();
  const actor = await ensureSystemUser(db, 'polder', now);
  const result = await revokeToken(db, { token: what.nameOrId, actor, now });
  if (result.kind === 'not_found') {
    context.complain('no token in force has this name or id; `polder token list` shows those there are');
    return exitCodes.fault;
  }
  const { id, name } = result.token;
  const revoked = { id, name, revoked_at: new Date(now).toISOString() };
  context.write(what.json ? `${JSON.stringify(revoked)}\n` : `Revoked the token ${name} (id ${id}).\n`);
  return exitCodes.ok;
}
