import { z } from 'zod';
import type { PullComment, PullRef } from '../index.ts';
import type { GithubClient } from './client.ts';
import { repoParameters } from './pull-reads.ts';
import { commentSchema } from './schemas.ts';
import { ghost } from './to-pull.ts';

function issueParameters({ fullName, number }: PullRef) {
  return { ...repoParameters(fullName), issue_number: number };
}

export async function listComments(client: GithubClient, ref: PullRef): Promise<PullComment[]> {
  const route = 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments';
  const { items } = await client.list(route, issueParameters(ref), commentSchema);
  return items.map(({ id, user, body }) => ({ id: String(id), author: user?.login ?? ghost, body: body ?? '' }));
}

export async function createComment(client: GithubClient, ref: PullRef, body: string): Promise<string> {
  const route = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments';
  const { id } = await client.ask(route, { ...issueParameters(ref), body }, commentSchema);
  return String(id);
}

export async function updateComment(
  client: GithubClient,
  ref: PullRef,
  { id, body }: { readonly id: string; readonly body: string },
): Promise<boolean> {
  const route = 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}';
  const parameters = { ...repoParameters(ref.fullName), comment_id: Number(id), body };
  return (await client.find(route, parameters, commentSchema)) !== undefined;
}

export async function react(
  client: GithubClient,
  ref: PullRef,
  { commentId, emoji }: { readonly commentId: string; readonly emoji: string },
): Promise<void> {
  const route = 'POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions';
  const parameters = { ...repoParameters(ref.fullName), comment_id: Number(commentId), content: emoji };
  await client.find(route, parameters, z.unknown());
}

const commentsQuery = `query ($owner: String!, $repo: String!, $number: Int!, $before: String) {
  repository(owner: $owner, name: $repo) {
    pullRequest(number: $number) {
      comments(last: 100, before: $before) {
        pageInfo { hasPreviousPage startCursor }
        nodes { id fullDatabaseId isMinimized }
      }
    }
  }
}`;

const commentsSchema = z
  .object({
    repository: z.object({
      pullRequest: z.object({
        comments: z.object({
          pageInfo: z.object({ hasPreviousPage: z.boolean(), startCursor: z.string().nullable() }),
          // A BigInt of GraphQL is a string.
          nodes: z.array(z.object({ id: z.string(), fullDatabaseId: z.coerce.string(), isMinimized: z.boolean() })),
        }),
      }),
    }),
  })
  .transform(({ repository }) => repository.pullRequest.comments);

/** One question finds them all, and one change hides up to 50. */
export async function hideComments(client: GithubClient, ref: PullRef, ids: readonly string[]): Promise<void> {
  const nodes = await visibleNodes(client, ref, ids);
  for (let start = 0; start < nodes.length; start += 50) await minimise(client, nodes.slice(start, start + 50));
}

const mostPages = 20;

/** GraphQL's own ids of those comments that are there and not hidden yet. The newest are looked through first. */
async function visibleNodes(client: GithubClient, ref: PullRef, ids: readonly string[]): Promise<string[]> {
  const wanted = new Set(ids);
  const found: string[] = [];
  let before: string | null = null;
  for (let page = 0; page < mostPages && wanted.size > 0; page += 1) {
    const variables: Readonly<Record<string, unknown>> = {
      ...repoParameters(ref.fullName),
      number: ref.number,
      before,
    };
    const { pageInfo, nodes }: z.infer<typeof commentsSchema> = await client.graphql(
      commentsQuery,
      variables,
      commentsSchema,
    );
    const here = nodes.filter(({ fullDatabaseId }) => wanted.delete(fullDatabaseId));
    found.push(...here.filter(({ isMinimized }) => !isMinimized).map(({ id }) => id));
    before = pageInfo.startCursor;
    if (!pageInfo.hasPreviousPage || before === null) break;
  }
  return found;
}

/** https://docs.github.com/en/graphql/reference/mutations#minimizecomment */
async function minimise(client: GithubClient, nodes: readonly string[]): Promise<void> {
  const parameters = nodes.map((_, index) => `$id${index}: ID!`).join(', ');
  const changes = nodes.map(
    (_, index) =>
      `c${index}: minimizeComment(input: { subjectId: $id${index}, classifier: OUTDATED }) { minimizedComment { isMinimized } }`,
  );
  const variables = Object.fromEntries(nodes.map((node, index) => [`id${index}`, node]));
  await client.findGraphql(`mutation (${parameters}) {\n${changes.join('\n')}\n}`, variables, z.unknown());
}
