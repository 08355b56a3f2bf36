import type { FastifyReply, FastifyRequest } from 'fastify';
import { followLog, type LogPiece } from '../../job-logs/index.ts';
import { getJob, type Job } from '../../runs/index.ts';
import { hangUpSignal, liftIdleTimeout } from '../connection.ts';
import type { HttpContext } from '../deps.ts';
import { sendChunks } from '../replies.ts';

/**
 * Answers with a job's log as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html): one
 * event a line, with the number of the line, counted from 1, as its id. A client that comes back with `Last-Event-ID`
 * goes on after that line, any other after line `from`. When the log is complete, an `end` event tells the job's state.
 */
export function sendLogEvents(
  deps: HttpContext,
  job: Job,
  exchange: { request: FastifyRequest; reply: FastifyReply; from: number },
) {
  const { request, reply } = exchange;
  liftIdleTimeout(reply);
  const signal = hangUpSignal(reply, deps.closing);
  const fromLine = lastEventId(request) ?? exchange.from;
  const events = withHeartbeat(logEvents(deps, job, { fromLine, signal }), deps.timeouts.heartbeat);
  reply.headers({ 'x-accel-buffering': 'no', connection: 'close' });
  return sendChunks(reply, 'text/event-stream', events);
}

function lastEventId(request: FastifyRequest): number | undefined {
  const header = request.headers['last-event-id'];
  return typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : undefined;
}

async function* logEvents(
  deps: Pick<HttpContext, 'db'>,
  job: Job,
  options: { fromLine: number; signal: AbortSignal },
): AsyncGenerator<string> {
  yield ': the log of this job follows\n\n';
  for await (const piece of followLog(deps.db, job.id, options)) yield lineEvents(piece);
  if (options.signal.aborted) return;
  const ended = await getJob(deps.db, job.id);
  yield `event: end\ndata: ${JSON.stringify({ state: ended?.state ?? job.state })}\n\n`;
}

function lineEvents({ firstLine, lines }: LogPiece): string {
  return lines.map((line, index) => `id: ${firstLine + index + 1}\n${dataFields(line)}\n`).join('');
}

/** A carriage return would end the field. */
function dataFields(line: string): string {
  return line
    .replace(/\r+$/, '')
    .split('\r')
    .map((part) => `data: ${part}\n`)
    .join('');
}

/** What `source` gives, and a comment whenever it has been silent for so long. */
async function* withHeartbeat(source: AsyncGenerator<string>, everyMs: number): AsyncGenerator<string> {
  const pull = () => {
    const next = source.next();
    // It may fail while nobody waits for it; whoever waits for it next hears of it.
    next.catch(() => undefined);
    return next;
  };
  try {
    let next = pull();
    for (;;) {
      const result = await orSilence(next, everyMs);
      if (result === 'silence') {
        yield ': still here\n\n';
        continue;
      }
      if (result.done) return;
      yield result.value;
      next = pull();
    }
  } finally {
    await source.return(undefined);
  }
}

async function orSilence<T>(next: Promise<T>, ms: number): Promise<T | 'silence'> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<'silence'>((resolve) => {
    timer = setTimeout(() => resolve('silence'), ms);
  });
  try {
    return await Promise.race([next, silence]);
  } finally {
    clearTimeout(timer);
  }
}
