import type { FastifyReply } from 'fastify';

/** Aborts when the client hangs up before it has its answer, or when `closing` does. */
export function hangUpSignal(reply: FastifyReply, closing: AbortSignal): AbortSignal {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  if (closing.aborted) abort();
  closing.addEventListener('abort', abort);
  reply.raw.once('close', () => {
    closing.removeEventListener('abort', abort);
    if (!reply.raw.writableFinished) abort();
  });
  return controller.signal;
}

/** Lets a connection stay silent for as long as the answer takes. The next request on it has its time limit again. */
export function liftIdleTimeout(reply: FastifyReply): void {
  reply.raw.setTimeout(0, () => undefined);
}
