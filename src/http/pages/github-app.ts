import { randomBytes } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { secretMatches } from '../../access/index.ts';
import { errorText } from '../../lib/errors.ts';
import { appManifest, type GithubAppSetup } from '../../vcs/github/index.ts';
import type { App } from '../app.ts';
import type { HttpContext } from '../deps.ts';
import { htmlPage, pageReply, sendText, textReply } from '../replies.ts';
import { githubAppResult } from './github-app-result.ts';
import { html } from './html.ts';
import { page } from './layout.ts';

const tags = ['pages'];
const cookieName = 'polder-github-app';
const cookieSeconds = 3600;

type Setup = { readonly settings: HttpContext['settings']; readonly setup: GithubAppSetup };

/**
 * `/github-app/setup` and `/github-app/exchange-code`: registering a GitHub App from its manifest, as users of Atlantis
 * know it. A browser that comes back from GitHub must be the one that set out from here: the state that GitHub hands
 * back has to be the one of its cookie, so that no other site can bring a code of its own.
 */
export function addGithubAppPages(app: App, context: HttpContext): void {
  const { githubApp, settings } = context;
  if (!githubApp) return;
  const of = { settings, setup: githubApp };
  addSetupPage(app, of);
  addExchange(app, of, context);
}

function addSetupPage(app: App, { settings, setup }: Setup): void {
  const response = {
    200: pageReply('The form that leads to GitHub'),
    400: textReply('The server works as an app already'),
  };
  const schema = { tags, summary: 'Register a GitHub App', response };
  app.get('/github-app/setup', { schema }, async (_request, reply) => {
    if (setup.isDone) return sendText(reply, 400, 'Atlantis already has GitHub credentials');
    const state = randomBytes(24).toString('base64url');
    const target = setup.registrationUrl(state);
    // Without a path it is for this folder, wherever a proxy puts that. `Lax`: GitHub's way back comes from another site.
    const isSecure = settings.baseUrl.startsWith('https:');
    const attributes = `Max-Age=${cookieSeconds}; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;
    return reply
      .header('set-cookie', `${cookieName}=${state}; ${attributes}`)
      .header('content-security-policy', formPolicy(reply, new URL(target).origin))
      .type(htmlPage)
      .send(setupPage(settings, setup, target));
  });
}

/** The usual policy, with GitHub as the one other place that a form may go to. */
function formPolicy(reply: FastifyReply, origin: string): string {
  return String(reply.getHeader('content-security-policy')).replace(
    "form-action 'self'",
    `form-action 'self' ${origin}`,
  );
}

function setupPage(settings: HttpContext['settings'], { hostname }: GithubAppSetup, target: string): string {
  const manifest = appManifest(settings);
  const permissions = Object.entries(manifest.default_permissions).map(([name, level]) => `${name}: ${level}`);
  const body = html`
<p>The button asks ${hostname} to register an app for this server. You can change its name there. GitHub then brings you
back here, and this server shows the id, the key and the secret that it has to be started with. They are shown once.</p>
<dl>
<dt>Name</dt><dd>${manifest.name}</dd>
<dt>Webhook</dt><dd>${manifest.hook_attributes.url}</dd>
<dt>Way back</dt><dd>${manifest.redirect_url}</dd>
<dt>Events</dt><dd>${manifest.default_events.join(', ')}</dd>
<dt>Permissions</dt><dd>${permissions.join(', ')}</dd>
</dl>
<p>The addresses come from <code>--atlantis-url</code>. GitHub must be able to reach the webhook, and your browser the way
back. Open this page under the same address, or the way back does not lead here.</p>
<form method="post" action="${target}">
<input type="hidden" name="manifest" value="${JSON.stringify(manifest)}">
<button>Register the app on GitHub</button>
</form>`;
  return page({ title: 'Register a GitHub App', root: '..', body });
}

const querystring = z.object({
  code: z.string().optional().describe('What GitHub exchanges for the app, once'),
  state: z.string().optional().describe('What the form was sent with'),
});

function addExchange(app: App, { settings, setup }: Setup, { log }: Pick<HttpContext, 'log'>): void {
  const response = {
    200: pageReply("The app's id, key and secret"),
    400: textReply('There is no code, or the server works as an app already'),
    403: textReply('The browser did not set out from the page of this server'),
    500: textReply('GitHub did not exchange the code'),
  };
  const schema = { tags, summary: 'The way back from GitHub', querystring, response };
  app.get('/github-app/exchange-code', { schema }, async (request, reply) => {
    if (setup.isDone) return sendText(reply, 400, 'Atlantis already has GitHub credentials');
    const { code, state = '' } = request.query;
    if (!code) return sendText(reply, 400, 'Ignoring callback, missing code query parameter');
    if (!isWayBack(request, state)) {
      const begin = `${settings.baseUrl}/github-app/setup`;
      return sendText(reply, 403, `this way back from GitHub was not begun in this browser: begin at ${begin}`);
    }
    try {
      const made = await setup.exchange(code);
      log.info({ appId: made.id, slug: made.slug }, 'a GitHub App was registered');
      return await reply.type(htmlPage).send(githubAppResult(made, setup.hostname));
    } catch (error) {
      log.warn({ reason: errorText(error) }, 'a GitHub App could not be registered');
      return sendText(reply, 500, `Failed to exchange code for github app: ${errorText(error)}`);
    }
  });
}

/** A page that a person sees, with the state that this browser was given. */
function isWayBack(request: FastifyRequest, state: string): boolean {
  const { cookie = '', 'sec-fetch-dest': destination = 'document' } = request.headers;
  const given = new RegExp(`(?:^|; ?)${cookieName}=([\\w-]+)`).exec(cookie)?.[1];
  return destination === 'document' && given !== undefined && secretMatches(state, given);
}
