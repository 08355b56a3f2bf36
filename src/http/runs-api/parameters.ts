import { z } from 'zod';
import { errorReply } from '../replies.ts';

const id = z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER);

export const runId = z.object({ id });
export const jobId = z.object({ id: z.union([id, z.uuid()]).describe('The id of the job, or its UUID') });
/** A place in a list that runs from the newest to the oldest. */
export const beforeId = id.optional().describe('Go on below this id: next_before of the page before');

/** What the routes for runs have in common in the description of the API. */
export const described = {
  tags: ['runs'],
  security: [{ apiSecret: [] }, { polderToken: [] }, { bearerToken: [] }],
};
export const refusals = {
  400: errorReply('A parameter is not valid'),
  401: errorReply('No credential, or one that is not valid'),
  403: errorReply('The credential does not allow this'),
};
export const notFound = { 404: errorReply('There is none, or none that the credential is good for') };
