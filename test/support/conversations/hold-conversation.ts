import { join } from 'node:path';
import { expect } from 'vitest';
import { openDatabase } from '../../../src/db/index.ts';
import { silentLog } from '../../../src/lib/log.ts';
import { apiSecret } from '../api-client.ts';
import { testEngine } from '../engine.ts';
import { commitFiles, type Files, git, makeBareRepo, makeRepo } from '../git.ts';
import { startServer, type TestServer } from '../server.ts';
import { temporaryDir } from '../temp.ts';
import { waitFor } from '../wait-for.ts';
import type { Branches, Forge } from './forge.ts';

/** A comment: its whole text, or what it has in it, in this order, and what it has not. */
export type Expected = string | { readonly has: readonly string[]; readonly lacks?: readonly string[] };

/** What people do on pull request 1, or on another one. */
export type Step =
  | { readonly open: string; readonly draft?: boolean; readonly labels?: readonly string[] }
  | { readonly comment: string; readonly on?: number }
  | { readonly push: Files; readonly on?: string }
  | { readonly approve: true }
  | { readonly close: true }
  | { readonly globalLock: true };

/** A conversation, as data: what is there, what people do, and what they read afterwards. */
export type Conversation = {
  readonly name: string;
  /** On `main`. */
  readonly files: Files;
  /** What the branch `change` of pull request 1 changes. */
  readonly change: Files;
  readonly removed?: readonly string[];
  readonly flags?: Readonly<Record<string, string | boolean>>;
  /** Server-side rules. */
  readonly rules?: string;
  /** After pull request 1 was opened. Each is over before the next one begins. */
  readonly steps: readonly Step[];
  /** All comments on pull request 1, in order. */
  readonly comments: readonly Expected[];
  /** Those on pull request 2. */
  readonly commentsOn2?: readonly Expected[];
  /** The statuses of pull request 1 that matter; null: there is none of that name. */
  readonly statuses?: Readonly<Record<string, string | null>>;
  readonly merged?: boolean;
  /** How many locks are left. */
  readonly locks?: number;
};

/** Holds the conversation on a host with a server, real git and a real engine, and compares what came of it. */
export async function holdConversation(
  conversation: Conversation,
  makeForge: (branches: Branches) => Promise<Forge>,
): Promise<void> {
  const branches = await makeBranches(conversation.files);
  await branches.commit('change', conversation.change, conversation.removed);
  const forge = await makeForge(branches);
  const dataDir = await temporaryDir();
  const server = await startServer({
    flags: {
      'data-dir': dataDir,
      'api-secret': apiSecret,
      'terraform-binary': (await testEngine()).binary,
      ...(conversation.rules === undefined ? {} : { 'repo-config-json': conversation.rules }),
      ...forge.flags,
      ...conversation.flags,
    },
    env: forge.env,
  });
  forge.connect(server);
  const settled = () => untilIdle(dataDir);
  await forge.open('change', openedAs(conversation.steps));
  await settled();
  for (const step of conversation.steps) {
    await take(step, { forge, server, branches });
    await settled();
  }
  await compare(conversation, forge, server);
}

/** The first step may say how pull request 1 is opened. */
function openedAs([first]: readonly Step[]) {
  return first && 'open' in first && first.open === 'change' ? first : {};
}

async function makeBranches(files: Files): Promise<Branches> {
  const [reposDir, work] = [await temporaryDir(), await temporaryDir()];
  await makeRepo(work, files);
  const bare = join(reposDir, 'acme/infra.git');
  await makeBareRepo(bare, work);
  await git(work, 'remote', 'add', 'origin', bare);
  return {
    reposDir,
    commit: async (branch, changed, removed = []) => {
      const isKnown = (await git(work, 'branch', '--list', branch)) !== '';
      await git(work, 'switch', '--quiet', ...(isKnown ? [branch] : ['--create', branch, 'main']));
      for (const path of removed) await git(work, 'rm', '--quiet', '-r', path);
      await commitFiles(work, changed);
      await git(work, 'push', '--quiet', 'origin', branch);
    },
  };
}

type World = { readonly forge: Forge; readonly server: TestServer; readonly branches: Branches };

async function take(step: Step, { forge, server, branches }: World): Promise<void> {
  if ('open' in step) return step.open === 'change' ? undefined : void (await forge.open(step.open, step));
  if ('comment' in step) return forge.comment(step.on ?? 1, step.comment);
  if ('approve' in step) return forge.approve(1);
  if ('close' in step) return forge.close(1);
  if ('globalLock' in step) return void (await fetch(`${server.url}/apply/lock`, { method: 'POST' }));
  const before = await forge.comments(1);
  await branches.commit(step.on ?? 'change', step.push);
  if ((step.on ?? 'change') !== 'change') return;
  await forge.pushed(1);
  // The server finds a push to a local repository when it looks.
  await waitFor('the push to be noticed', async () => (await forge.comments(1)).length > before.length);
}

/** Until nothing that was asked is left to be done. */
async function untilIdle(dataDir: string): Promise<void> {
  const db = await openDatabase({ url: `sqlite:${join(dataDir, 'polder', 'polder.db')}`, log: silentLog() });
  const isIdle = async () => (await db.query.selectFrom('tasks').select('id').execute()).length === 0;
  try {
    await waitFor('everything to be done', isIdle, { timeoutMs: 60_000 });
  } finally {
    await db.close();
  }
}

async function compare(expected: Conversation, forge: Forge, server: TestServer): Promise<void> {
  expectComments(await forge.comments(1), expected.comments);
  if (expected.commentsOn2) expectComments(await forge.comments(2), expected.commentsOn2);
  const statuses = await forge.statuses(1);
  for (const [context, status] of Object.entries(expected.statuses ?? {})) {
    expect({ context, status: statuses[context] ?? null }).toEqual({ context, status });
  }
  expect(await forge.isMerged(1)).toBe(expected.merged ?? false);
  if (expected.locks !== undefined) {
    const { Locks: locks } = (await (await fetch(`${server.url}/api/locks`)).json()) as { Locks: unknown[] | null };
    expect((locks ?? []).length).toBe(expected.locks);
  }
}

function expectComments(comments: readonly string[], expected: readonly Expected[]): void {
  const texts = comments.map(masked);
  for (const [index, wanted] of expected.entries()) {
    const text = texts[index];
    if (text === undefined) break;
    if (typeof wanted === 'string') expect(text).toBe(wanted);
    else expectParts(text, wanted);
  }
  expect(texts.map((text) => text.split('\n', 1)[0])).toHaveLength(expected.length);
}

function expectParts(text: string, { has, lacks = [] }: Exclude<Expected, string>): void {
  let from = 0;
  for (const part of has) {
    expect(text.slice(from)).toContain(part);
    from = text.indexOf(part, from) + part.length;
  }
  for (const part of lacks) expect(text).not.toContain(part);
}

/** Without what is another each time; the engine is called Terraform, and merge requests are called pull requests. */
function masked(comment: string): string {
  return comment
    .replace(/https?:\/\/[^/\s)]+/g, 'http://polder')
    .replace(/\[id=[^\]]*\]/g, '[id=*]')
    .replace(/ after \d+s/g, ' after *s')
    .replace(/OpenTofu/g, 'Terraform')
    .replace(/Merge Request/g, 'Pull Request');
}
