import { z } from 'zod';
import type { OpenCommand } from '../../pulls/index.ts';
import type { Repo } from '../../repos/index.ts';
import {
  type LocalComment,
  type LocalPull,
  type LocalPullDetails,
  localPullStates,
  pullUrl,
} from '../../vcs/local/index.ts';
import type { HttpContext } from '../deps.ts';
import { goTime } from '../go-json/index.ts';

const time = z.string().meta({ format: 'date-time' });
const text = z.string();
const sha = z.string();

export const pullSummaryBody = z.object({
  id: z.number().int(),
  number: z.number().int(),
  repository: z.object({ id: z.number().int(), host: text, full_name: text }),
  url: text,
  title: text,
  author: text,
  state: z.enum(localPullStates),
  draft: z.boolean(),
  labels: z.array(text),
  head: z.object({ branch: text, sha }).describe('sha: as it was when it was last looked at'),
  base: z.object({ branch: text }),
  created_at: time,
  closed_at: time.nullable(),
  closed_by: text.nullable(),
  merge_sha: sha.nullable().describe('What the base branch became by the merge, when it was made here'),
});

export const pullBody = pullSummaryBody.extend({
  approved_by: z.array(text).describe('Who approved the commit of the head'),
  commands: z
    .array(z.object({ kind: text, state: z.enum(['queued', 'running']), run_id: z.number().int().nullable() }))
    .describe('What has not ended yet, in the order in which it is carried out'),
  merge_problem: text.nullable().describe('Why it could not be merged now; null when it could'),
  statuses: z.array(
    z.object({
      context: text,
      state: z.enum(['pending', 'success', 'failure']),
      description: text,
      target_url: text.nullable(),
    }),
  ),
});

export const commentView = z.object({
  id: z.number().int(),
  author: text,
  body: text,
  hidden: z.boolean().describe('Outdated'),
  reactions: z.array(text),
  created_at: time,
  updated_at: time,
});

/** A pull request as lists have it. */
export function toPullSummary(
  { settings }: Pick<HttpContext, 'settings'>,
  { pull, repo }: { readonly pull: LocalPull; readonly repo: Repo },
): z.infer<typeof pullSummaryBody> {
  return {
    id: pull.id,
    number: pull.number,
    repository: { id: repo.id, host: repo.host, full_name: repo.fullName },
    url: pullUrl(settings, pull),
    title: pull.title,
    author: pull.author,
    state: pull.state,
    draft: pull.draft,
    labels: [...pull.labels],
    head: { branch: pull.headBranch, sha: pull.headSha },
    base: { branch: pull.baseBranch },
    created_at: goTime(pull.createdAt),
    closed_at: pull.closedAt === null ? null : goTime(pull.closedAt),
    closed_by: pull.closedBy,
    merge_sha: pull.mergeSha,
  };
}

export function toPullBody(
  context: Pick<HttpContext, 'settings'>,
  repo: Repo,
  details: LocalPullDetails & { readonly commands: readonly OpenCommand[] },
): z.infer<typeof pullBody> {
  const { pull, headSha, approvedBy, mergeProblem, statuses, commands } = details;
  return {
    ...toPullSummary(context, { pull: { ...pull, headSha }, repo }),
    approved_by: [...approvedBy],
    commands: commands.map(({ runId, ...command }) => ({ ...command, run_id: runId })),
    merge_problem: mergeProblem,
    statuses: statuses.map(({ targetUrl, ...status }) => ({ ...status, target_url: targetUrl })),
  };
}

export function toCommentView(comment: LocalComment): z.infer<typeof commentView> {
  const { createdAt, updatedAt, reactions, ...rest } = comment;
  return { ...rest, reactions: [...reactions], created_at: goTime(createdAt), updated_at: goTime(updatedAt) };
}
