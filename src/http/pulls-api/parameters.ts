import { z } from 'zod';
import { mergeMethods } from '../../vcs/index.ts';
import { localPullStates } from '../../vcs/local/index.ts';
import { errorReply } from '../replies.ts';

const id = z.coerce.number().int().positive();
const repo = z.string().min(1).max(512).describe('Full name of the repository; needed where several have that number');

export const pullNumber = z.object({ number: id });
export const pullQuery = z.object({ repo: repo.optional() });
export const listQuery = z.object({
  repo: repo.optional().describe('Only of this repository'),
  state: z.enum([...localPullStates, 'all']).default('open'),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  before: id.optional().describe('Go on below this id: next_before of the page before'),
});
export const commentsQuery = pullQuery.extend({
  after: z.coerce.number().int().min(0).default(0).describe('Only those after this id'),
  limit: z.coerce.number().int().min(1).max(100).default(100),
});

const noNul = (text: string) => !text.includes('\0');
const branch = z.string().min(1).max(512);
const line = z
  .string()
  .trim()
  .min(1)
  .max(255)
  .refine((text) => !/\p{Cc}/u.test(text), 'may not contain control characters');
const sha = z
  .string()
  .regex(/^[0-9a-f]{40}$/, 'must be a full commit id')
  .optional()
  .describe('Refuse when the branch is at another commit');

export const openBody = z.strictObject({
  repo: repo.describe('Full name of the repository'),
  head: branch.describe('The branch with the changes'),
  base: branch
    .optional()
    .describe('Where they are to go; when absent the branch that HEAD of a bare repository names, else main or master'),
  title: line.optional().describe("The first line of the newest commit's message when absent"),
  draft: z.boolean().default(false),
  labels: z.array(line).max(100).default([]),
});
export const commentBody = z.strictObject({
  repo: repo.optional(),
  body: z
    .string()
    .max(65_536)
    .refine((text) => text.trim() !== '', 'may not be empty')
    .refine(noNul, 'may not contain a NUL character')
    .describe('Markdown, or a command'),
});
export const plainBody = z.strictObject({ repo: repo.optional() });
export const approveBody = plainBody.extend({
  sha,
  take_back: z.boolean().default(false).describe('Take back what was approved before'),
});
export const mergeBody = plainBody.extend({
  sha,
  method: z.enum(mergeMethods).optional().describe('merge when absent'),
  title: line.optional().describe('First line of the commit that is made'),
});

/** What the routes have in common in the description of the API. */
export const described = {
  tags: ['pulls'],
  security: [{ apiSecret: [] }, { polderToken: [] }, { bearerToken: [] }],
};
export const refusals = {
  400: errorReply('The request is not valid, or the number could be that of several repositories'),
  401: errorReply('No credential, or one that is not valid'),
  403: errorReply('Repository not allowed, or the credential does not allow this'),
};
export const notFound = { 404: errorReply('There is none, or none that the credential is good for') };
export const conflict = { 409: errorReply('The state of the pull request or of its branches does not allow this') };
export const tooLarge = { 413: errorReply('The body is larger than 1 MiB') };
