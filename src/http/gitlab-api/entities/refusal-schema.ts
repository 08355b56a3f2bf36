import { z } from 'zod';
import { bulkDeletionSchema } from './schemas.ts';

/** The shapes of a refusal. https://docs.gitlab.com/api/rest/troubleshooting/ */
export const refusalSchema = z.union([
  /** Parameters, routes and content types; with a description, credentials. */
  z.object({ error: z.string(), error_description: z.string().optional(), scope: z.string().optional() }),
  z.object({
    message: z.union([
      z.string(),
      /** What a record cannot be: each field with what is wrong with it. */
      z.record(z.string(), z.array(z.string())),
      z.array(z.string()),
      bulkDeletionSchema.extend({ message: z.string() }),
    ]),
    /** Polder's own: what would have to be done first. */
    reason: z.string().optional(),
  }),
]);
