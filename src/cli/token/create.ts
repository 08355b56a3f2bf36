import { createToken, ensureSystemUser, roles, scopes } from '../../access/index.ts';
import type { OptionsOf } from '../../config/index.ts';
import { type Db, withoutPassword } from '../../db/index.ts';
import type { CliContext } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { findOneRepo } from '../find-repo.ts';
import { jsonFlag, readFlags } from '../read-flags.ts';
import { databaseFlags, withDatabase } from '../with-database.ts';

const argument = { status: 'built', flagOnly: true } as const;

export const tokenCreateForm = {
  usage: 'polder token create --name <name> --role <role> [flags]',
  description:
    'Makes a token and shows it once; only a digest of it is kept.\nRequests show it as `PRIVATE-TOKEN: <token>` or `Authorization: Bearer <token>`.',
  operands: 0,
  rows: {
    name: {
      ...argument,
      type: 'string',
      default: '',
      required: true,
      help: 'Name of the token, and of the user it acts as.',
    },
    role: {
      ...argument,
      type: 'string',
      default: '',
      required: true,
      choices: roles,
      help: `What it may do: ${roles.join(', ')}; each may do what those before it may.`,
    },
    scope: {
      ...argument,
      type: 'string',
      default: 'api',
      choices: scopes,
      help: '`api`, or `read_api` to read only.',
    },
    repo: {
      ...argument,
      type: 'string',
      default: '',
      shownDefault: 'all of them',
      help: 'The only repository it is good for: `<owner>/<name>`, or `<host>/<owner>/<name>`.',
    },
    expires: {
      ...argument,
      type: 'duration',
      default: 0,
      shownDefault: 'never',
      min: 1000,
      help: 'How long it works, such as `30d` or `12h`.',
    },
    ...databaseFlags,
    ...jsonFlag,
  },
} as const;

type Flags = OptionsOf<typeof tokenCreateForm.rows>;

/** `polder token create`. With `--json` prints one object, whose `token` is the secret. */
export async function runTokenCreate(context: CliContext): Promise<number> {
  const flags = readFlags(context, tokenCreateForm);
  if (flags.kind === 'ended') return flags.code;
  return withDatabase(flags.options.databaseUrl, (db) => create(context, db, flags.options));
}

async function create(context: CliContext, db: Db, flags: Flags): Promise<number> {
  const now = context.now();
  const repo = flags.repo === '' ? null : await findOneRepo(db, flags.repo);
  if (repo?.kind === 'refused') {
    context.complain(`--repo: ${repo.message}`);
    return exitCodes.fault;
  }
  const { name, role, scope } = flags;
  const expiresAt = flags.expires === 0 ? null : now + flags.expires;
  const actor = await ensureSystemUser(db, 'polder', now);
  const repoId = repo?.repo.id ?? null;
  const made = await createToken(db, { name, role, scope, repoId, expiresAt, now, actor });
  if (made.kind === 'refused') {
    context.complain(`making the token: ${made.message}`);
    return exitCodes.fault;
  }
  const expires = expiresAt === null ? null : new Date(expiresAt).toISOString();
  const facts = { id: made.id, name, role, scope, repo: repo?.repo.fullName ?? null, expires_at: expires };
  context.write(
    flags.json
      ? `${JSON.stringify({ ...facts, token: made.token })}\n`
      : describe(facts, made.token, flags.databaseUrl),
  );
  return exitCodes.ok;
}

type Facts = {
  readonly id: number;
  readonly name: string;
  readonly role: string;
  readonly scope: string;
  readonly repo: string | null;
  readonly expires_at: string | null;
};

function describe(facts: Facts, secret: string, databaseUrl: string): string {
  const where = facts.repo === null ? 'for all repositories' : `for ${facts.repo}`;
  const until = facts.expires_at === null ? 'does not expire' : `expires ${facts.expires_at}`;
  return `Made the token ${facts.name} (id ${facts.id}): ${facts.role}, ${facts.scope}, ${where}; it ${until}.
It is kept in ${withoutPassword(databaseUrl)}.

  ${secret}

It is not shown again. To end it: polder token revoke ${facts.id}
`;
}
