import { listTokens, type Token, tokenStatus } from '../../access/index.ts';
import { type Db, withoutPassword } from '../../db/index.ts';
import { getRepo } from '../../repos/index.ts';
import type { CliContext } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { jsonFlag, readFlags } from '../read-flags.ts';
import { renderTable } from '../render-table.ts';
import { databaseFlags, withDatabase } from '../with-database.ts';

export const tokenListForm = {
  usage: 'polder token list [flags]',
  description: 'Lists all tokens, newest first, also revoked and expired ones. What they open with is not kept.',
  operands: 0,
  rows: { ...databaseFlags, ...jsonFlag },
} as const;

/** `polder token list`: a table for people, or with `--json` an array. */
export async function runTokenList(context: CliContext): Promise<number> {
  const flags = readFlags(context, tokenListForm);
  if (flags.kind === 'ended') return flags.code;
  const { databaseUrl, json } = flags.options;
  const rows = await withDatabase(databaseUrl, (db) => describeTokens(db, context.now()));
  context.write(json ? `${JSON.stringify(rows, null, 2)}\n` : table(rows, databaseUrl));
  return exitCodes.ok;
}

/** A token as it is listed; times in ISO 8601. */
type ListedToken = {
  readonly id: number;
  readonly name: string;
  readonly role: string;
  readonly scope: string;
  readonly repo: string | null;
  readonly status: 'active' | 'expired' | 'revoked';
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly last_used_at: string | null;
};

async function describeTokens(db: Db, now: number): Promise<ListedToken[]> {
  const listed: ListedToken[] = [];
  for (const token of await listTokens(db)) {
    const repo = token.repoId === null ? undefined : await getRepo(db, token.repoId);
    listed.push(describe(token, repo ? repo.fullName : null, now));
  }
  return listed;
}

function describe(token: Token, repo: string | null, now: number): ListedToken {
  const { id, name, role, scope } = token;
  return {
    id,
    name,
    role,
    scope,
    repo,
    status: tokenStatus(token, now),
    created_at: new Date(token.createdAt).toISOString(),
    expires_at: iso(token.expiresAt),
    last_used_at: iso(token.lastUsedAt),
  };
}

function iso(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}

function table(tokens: readonly ListedToken[], databaseUrl: string): string {
  if (tokens.length === 0) return `There are no tokens in ${withoutPassword(databaseUrl)}.\n`;
  const head = ['ID', 'NAME', 'ROLE', 'SCOPE', 'REPOSITORY', 'STATUS', 'EXPIRES', 'LAST USED'];
  const day = (time: string | null, none: string) => time?.replace(/T(\d\d:\d\d).*/, ' $1') ?? none;
  const lines = tokens.map((token) => [
    String(token.id),
    token.name,
    token.role,
    token.scope,
    token.repo ?? 'all',
    token.status,
    day(token.expires_at, 'never'),
    day(token.last_used_at, 'never'),
  ]);
  return renderTable([head, ...lines]);
}
