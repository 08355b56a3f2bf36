import { z } from 'zod';

/* Only what is read of Gitea's objects; all else is passed over. */

const login = z.object({ login: z.string().min(1) });
const fullName = z.string().regex(/^[^/\s]+\/[^/\s]+$/);
const repo = z.object({ full_name: fullName });
const number = z.number().int().positive();

export const repoSchema = z.object({
  full_name: fullName,
  html_url: z.string().min(1),
  allow_merge_commits: z.boolean().optional(),
  allow_rebase: z.boolean().optional(),
  allow_squash_merge: z.boolean().optional(),
});

const branch = z.object({
  /** The name of the branch, even when it has been deleted; empty for a pull request that was pushed to `refs/for/`. */
  label: z.string().nullish(),
  ref: z.string().min(1),
  // Repositories may use SHA-256.
  sha: z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/),
  repo: repo.nullish(),
});

export const pullSchema = z.object({
  number,
  html_url: z.string().min(1),
  title: z.string(),
  user: login.nullable(),
  head: branch,
  // The base branch may be gone, and its commit with it.
  base: z.object({ ref: z.string().min(1) }),
  state: z.enum(['open', 'closed']),
  merged: z.boolean().nullish(),
  mergeable: z.boolean().nullish(),
  // Older versions leave it to the title.
  draft: z.boolean().nullish(),
  labels: z.array(z.object({ name: z.string() })).nullish(),
});
export type GiteaPull = z.infer<typeof pullSchema>;

export const pullEventSchema = z.object({ sender: login, repository: repo, pull_request: pullSchema });

/** What was changed of a pull request that was edited. */
export const changesSchema = z.object({
  changes: z
    .object({ title: z.object({ from: z.string() }).nullish(), ref: z.object({ from: z.string() }).nullish() })
    .nullish(),
});

/** Of a pull request that has been closed: its fork may be gone, and with it most else. */
export const closedEventSchema = z.object({
  sender: login,
  repository: repo,
  pull_request: z.object({ number, merged: z.boolean().nullish() }),
});

export const commentEventSchema = z.object({
  sender: login,
  repository: repo,
  is_pull: z.boolean().nullish(),
  issue: z.object({ number }),
  comment: z.object({
    id: number,
    body: z.string(),
    user: z.object({ login: z.string().min(1), id: z.number().nullish() }),
  }),
});

export const commentSchema = z.object({ id: number, body: z.string().nullish(), user: login.nullish() });
export const fileSchema = z.object({ filename: z.string(), previous_filename: z.string().nullish() });
export const reviewSchema = z.object({
  id: number,
  // A request to a whole team has none.
  user: login.nullish(),
  state: z.string(),
  dismissed: z.boolean().nullish(),
});

export const versionSchema = z.object({ version: z.string() });
export const userSchema = login;
export const accessSchema = z.object({
  full_name: fullName,
  permissions: z.object({ push: z.boolean().nullish() }).nullish(),
});
export const hookSchema = z.object({
  active: z.boolean(),
  events: z.array(z.string()),
  config: z.object({ url: z.string().nullish() }).nullish(),
});
