import { z } from 'zod';
import type { GithubClient } from './client.ts';
import { repoParameters } from './pull-reads.ts';

const teamsQuery = `query ($org: String!, $login: String!, $after: String) {
  organization(login: $org) {
    teams(first: 100, after: $after, userLogins: [$login]) {
      pageInfo { hasNextPage endCursor }
      nodes { slug ancestors(first: 20) { nodes { slug } } }
    }
  }
}`;

const slug = z.object({ slug: z.string() });
const teamsSchema = z.object({
  // A person's repos belong to no organisation.
  organization: z
    .object({
      teams: z.object({
        pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
        nodes: z.array(slug.extend({ ancestors: z.object({ nodes: z.array(slug) }) })),
      }),
    })
    .nullable(),
});

const mostPages = 20;

/** A member of a team is a member of those above it. */
export async function listTeams(client: GithubClient, fullName: string, login: string): Promise<string[]> {
  const org = repoParameters(fullName).owner;
  const found = new Set<string>();
  let after: string | null = null;
  for (let page = 0; page < mostPages; page += 1) {
    const reply: z.infer<typeof teamsSchema> = await client.findGraphql(teamsQuery, { org, login, after }, teamsSchema);
    const teams = reply.organization?.teams;
    for (const team of teams?.nodes ?? []) {
      for (const { slug: name } of [team, ...team.ancestors.nodes]) found.add(name);
    }
    after = teams?.pageInfo.endCursor ?? null;
    if (!teams?.pageInfo.hasNextPage || after === null) break;
  }
  return [...found];
}
