import type { Intake } from '../../pulls/index.ts';
import type { App } from '../app.ts';
import type { HttpContext } from '../deps.ts';
import { plainText, textReply } from '../replies.ts';
import { unconfiguredReply } from './unconfigured-host.ts';

/** The most that GitHub sends: https://docs.github.com/en/webhooks/webhook-events-and-payloads#payload-cap */
const bodyLimit = 25 * 1024 * 1024;

/**
 * `POST /events`: what hosts tell. A delivery is answered when it is kept, and before anything is done about it; one that
 * could not be kept is answered 503, and the host may send it again.
 */
export function registerWebhooks(app: App, context: HttpContext & { readonly intake: Intake }): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit }, (_request, body, done) => done(null, body));
  app.setErrorHandler(async (error, request, reply) => {
    const { statusCode, message } = error as { statusCode?: number; message: string };
    const status = statusCode ?? 503;
    if (status >= 500)
      context.log.error({ err: error, route: request.routeOptions.url }, 'a delivery could not be kept');
    const text = status >= 500 ? 'the delivery could not be kept, send it again' : message;
    return reply.code(status).type(plainText).send(`${text}\n`);
  });
  app.post('/events', { bodyLimit, schema: description }, async (request, reply) => {
    const { headers } = request;
    const host = context.hosts.all.find(({ webhooks }) => webhooks?.recognises(headers));
    const answer = (status: keyof typeof description.response, text: string) =>
      reply.code(status).type(plainText).send(`${text}\n`);
    if (!host?.webhooks) return answer(400, unconfiguredReply(headers));
    const rawBody = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const reading = host.webhooks.readEvent(rawBody, headers);
    const of = { host: host.hostname, ip: request.ip };
    switch (reading.kind) {
      case 'refused':
        context.log.warn({ ...of, reason: reading.text }, 'a delivery was refused');
        return answer(reading.status, reading.text);
      case 'ignored':
        context.log.debug({ ...of, reason: reading.reason }, 'a delivery says nothing that we act on');
        return answer(200, reading.reply);
      case 'idle': {
        context.log.debug({ ...of, reason: reading.reason }, 'a delivery says nothing that we act on');
        const { status, text } = context.intake.replyToIdle(host, reading.repoFullName);
        return answer(status, text);
      }
      case 'event': {
        const { status, text } = await context.intake.receive(host, reading.event);
        return answer(status, text);
      }
    }
  });
}

const description = {
  tags: ['webhooks'],
  summary: 'Receives the webhooks of hosts',
  description:
    'Takes deliveries of GitHub, GitLab, Gitea and Forgejo, and checks the signature or token that the host sends. ' +
    'Answered once the delivery is kept; the work begins afterwards.',
  response: {
    200: textReply('The delivery was kept, or says nothing that is acted on. The text says which.'),
    400: textReply('Not genuine, not readable, or from a host that this server is not configured for.'),
    401: textReply('The credentials of the webhook are wrong.'),
    403: textReply('The repository is not on the allow-list.'),
    413: textReply('The body is larger than 25 MiB.'),
    503: textReply('The delivery could not be kept.'),
  },
} as const;
