import { z } from 'zod';

/* Only what is read of GitHub's objects; all else is passed over. What is not needed may be missing: hosts that stand in for GitHub leave much out. */

const login = z.object({ login: z.string().min(1) });
const repo = z.object({ full_name: z.string().regex(/^[^/\s]+\/[^/\s]+$/) });
const number = z.number().int().positive();

export const repoSchema = z.object({
  full_name: z.string().min(1),
  clone_url: z.string().min(1),
  html_url: z.string().min(1).optional(),
  allow_merge_commit: z.boolean().optional(),
  allow_rebase_merge: z.boolean().optional(),
  allow_squash_merge: z.boolean().optional(),
});

export const pullSchema = z.object({
  number,
  html_url: z.string().min(1),
  title: z.string().nullish(),
  // Null once the account has been deleted.
  user: login.nullable(),
  head: z.object({ ref: z.string().min(1), sha: z.string().regex(/^[0-9a-f]{40}$/), repo: repo.nullable() }),
  base: z.object({ ref: z.string().min(1), repo: repo.extend({ clone_url: z.string().min(1).nullish() }) }),
  state: z.enum(['open', 'closed']),
  // Missing in the entries of lists.
  merged: z.boolean().nullish(),
  draft: z.boolean().nullish(),
  labels: z.array(z.object({ name: z.string() })).nullish(),
  mergeable_state: z.string().nullish(),
});
export type GithubPull = z.infer<typeof pullSchema>;

export const pullEventSchema = z.object({
  action: z.string(),
  sender: login,
  repository: repo,
  pull_request: pullSchema,
});

/** Of a pull request that has been closed: its fork may be gone, and with it most else. */
export const closedEventSchema = z.object({
  sender: login,
  repository: repo,
  pull_request: z.object({ number, merged: z.boolean().nullish() }),
});

export const commentEventSchema = z.object({
  repository: repo,
  issue: z.object({ number, html_url: z.string().nullish(), pull_request: z.unknown().optional() }),
  comment: z.object({
    id: number.optional(),
    body: z.string(),
    user: z.object({ login: z.string().min(1), type: z.string().nullish() }),
    performed_via_github_app: z.unknown().optional(),
  }),
});

export const commentSchema = z.object({ id: number, body: z.string().nullish(), user: login.nullable() });
export const fileSchema = z.object({ filename: z.string(), previous_filename: z.string().optional() });
export const reviewSchema = z.object({ id: number.optional(), user: login.nullable(), state: z.string() });

/** The secret itself is never told, only that there is one. */
export const webhookConfigSchema = z.object({
  url: z.string().optional(),
  secret: z.string().optional(),
  insecure_ssl: z.union([z.string(), z.number()]).optional(),
});
export const webhookSchema = z.object({
  active: z.boolean(),
  events: z.array(z.string()),
  config: webhookConfigSchema,
  last_response: z.object({
    code: z.number().nullable(),
    status: z.string().nullish(),
    message: z.string().nullish(),
  }),
});
export const deliverySchema = z.object({ status: z.string(), status_code: z.number() });
