import { expect } from 'vitest';
import type { TestServer } from '../server.ts';
import type { Conversation, Expected } from './conversation.ts';
import type { ForgeRepo } from './forge.ts';

type LocksBody = { readonly Locks: readonly { readonly ProjectRepo: string }[] | null };

/** Compares what came of a conversation with what it says. */
export async function compare(
  expected: Conversation,
  { repo, server, fullName }: { repo: ForgeRepo; server: TestServer; fullName: string },
): Promise<void> {
  expectComments(await repo.comments(1), expected.comments);
  if (expected.commentsOn2) expectComments(await repo.comments(2), expected.commentsOn2);
  const statuses = await repo.statuses(1);
  const wanted = expected.statuses ?? {};
  expect(Object.fromEntries(Object.keys(wanted).map((context) => [context, statuses[context] ?? null]))).toEqual(
    wanted,
  );
  expect(await repo.isMerged(1), 'merged').toBe(expected.merged ?? false);
  const { Locks: locks } = (await (await fetch(`${server.url}/api/locks`)).json()) as LocksBody;
  expect((locks ?? []).filter(({ ProjectRepo }) => ProjectRepo === fullName)).toHaveLength(expected.locks);
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
    .replace(/lock\?id=[^)]*/g, 'lock?id=*')
    .replace(/\[id=[^\]]*\]/g, '[id=*]')
    .replace(/ after \d+s/g, ' after *s')
    .replace(/\b[0-9a-f]{7}\b/g, '<commit>')
    .replace(/OpenTofu/g, 'Terraform')
    .replace(/Merge Request/g, 'Pull Request')
    .replace(/ !(\d)/g, ' #$1');
}
