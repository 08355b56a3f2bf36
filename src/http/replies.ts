import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';

/** The body of every refusal and fault under `/api/`. */
export const errorBody = z.object({ error: z.string() });

/** Describes a reply of plain text for the API description. */
export function textReply(description: string) {
  return { description, content: { 'text/plain': { schema: z.string() } } };
}

/** Describes a page. */
export function pageReply(description: string) {
  return { description, content: { 'text/html': { schema: z.string() } } };
}

/** Describes an error of the JSON API. */
export function errorReply(description: string) {
  return errorBody.describe(description);
}

export const plainText = 'text/plain; charset=utf-8';
export const htmlPage = 'text/html; charset=utf-8';

/** Sends one line of text. */
export function sendText(reply: FastifyReply, status: number, text: string): FastifyReply {
  return reply.code(status).type(plainText).send(`${text}\n`);
}

/** Sends text as it comes; the next piece is asked for when the client has taken the last. */
export function sendChunks(reply: FastifyReply, type: string, chunks: AsyncIterable<string>): FastifyReply {
  return reply.type(type).send(Readable.from(chunks, { highWaterMark: 1 }));
}
