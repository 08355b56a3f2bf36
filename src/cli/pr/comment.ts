import { setTimeout as pause } from 'node:timers/promises';
import { PolderError } from '../../lib/errors.ts';
import type { CliContext } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { jsonFlag, readFlags } from '../read-flags.ts';
import { serverFlags } from '../server-flags.ts';
import { harmless, type NamedPull, namePull, readComments, readPull, repoFlag, type ShownComment } from './pull.ts';

export const prCommentForm = {
  usage: 'polder pr comment <number> <text> [flags]',
  description: 'Comments on a pull request. The text may be a command, such as `atlantis plan`.',
  operands: 2,
  rows: {
    ...repoFlag,
    wait: {
      type: 'bool',
      default: false,
      status: 'built',
      flagOnly: true,
      help: 'Print the answers as they come, until no command is left.',
    },
    timeout: {
      type: 'duration',
      default: 3_600_000,
      shownDefault: '1h',
      status: 'built',
      flagOnly: true,
      help: 'How long to wait at most.',
    },
    ...serverFlags,
    ...jsonFlag,
  },
} as const;

/** `polder pr comment`: writes the answers, or with `--json` one object with the comment and its answers. */
export async function runPrComment(context: CliContext): Promise<number> {
  const flags = readFlags(context, prCommentForm);
  if (flags.kind === 'ended') return flags.code;
  const [number, body = ''] = flags.operands;
  const { wait, timeout, json } = flags.options;
  const named = namePull(context, number, flags.options);
  if ('kind' in named) return named.code;
  const before = wait ? await readComments(named) : [];
  const { client, path, query } = named;
  const comment = (await client.send('POST', `${path}/comments${query}`, { body })) as ShownComment;
  const answers = wait
    ? answersTo(named, { comment, before, deadline: context.now() + timeout, now: context.now })
    : [];
  const all: ShownComment[] = [];
  for await (const answer of answers) {
    all.push(answer);
    if (!json) context.write(`${harmless(answer.body).trim()}\n\n`);
  }
  if (json) context.write(`${JSON.stringify({ comment, answers: all }, null, 2)}\n`);
  else if (!wait) context.write(`Commented on pull request ${number}.\n`);
  return exitCodes.ok;
}

type Waiting = {
  readonly comment: ShownComment;
  /** What was there before it. */
  readonly before: readonly ShownComment[];
  readonly deadline: number;
  readonly now: () => number;
};

const lookEveryMs = 250;
/** Looks without news, when no command is left, after which there will be no more: with an answer, and without one. */
const quietLooks = { answered: 2, unanswered: 12 };

/**
 * Comments by others than whoever commented, new or changed, until no command is left and nothing more comes. Throws
 * `server_refused` when there is no answer, or it takes too long.
 */
async function* answersTo(named: NamedPull, waiting: Waiting): AsyncGenerator<ShownComment> {
  const { comment, before, deadline, now } = waiting;
  const seen = new Map([...before, comment].map(({ id, body }) => [id, body]));
  let isAnswered = false;
  for (let quiet = 0; !isAnswered || quiet < quietLooks.answered; ) {
    if (quiet >= quietLooks.unanswered) throw noAnswer('there is none: was it a command?');
    if (now() > deadline) throw noAnswer('it takes longer than --timeout');
    await pause(lookEveryMs);
    // Commands first: one that ends meanwhile has been answered when the comments are read.
    const { commands } = await readPull(named);
    const comments = await readComments(named);
    const news = comments.filter(({ id, body, author }) => seen.get(id) !== body && author !== comment.author);
    for (const { id, body } of comments) seen.set(id, body);
    yield* news;
    isAnswered ||= news.length > 0;
    quiet = commands.length === 0 && news.length === 0 ? quiet + 1 : 0;
  }
}

function noAnswer(reason: string): PolderError {
  return new PolderError('server_refused', `waiting for an answer: ${reason}`);
}
