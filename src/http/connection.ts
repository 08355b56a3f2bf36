import type { FastifyReply, FastifyRequest } from 'fastify';

/** Aborts when the client hangs up before it has its answer. */
export function hangUpSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort();
  });
  return controller.signal;
}

/** Lets a connection stay silent for as long as the answer takes. The next request on it has its time limit again. */
export function liftIdleTimeout(request: FastifyRequest): void {
  request.raw.socket.setTimeout(0);
}
