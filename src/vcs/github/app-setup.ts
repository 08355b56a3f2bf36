import { z } from 'zod';
import { PolderError } from '../../lib/errors.ts';
import { silentLog } from '../../lib/log.ts';
import { parseJson } from '../../lib/parse-json.ts';
import { createHostFetch } from '../index.ts';
import { apiUrl } from './client.ts';

/** An app as GitHub tells it once, with its secrets. Shown to whoever registered it; kept and logged nowhere. */
export type NewGithubApp = {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  /** Its page; it is installed from below there. */
  readonly webUrl: string;
  /** In PEM. */
  readonly privateKey: string;
  /** null: the app was registered without a webhook. */
  readonly webhookSecret: string | null;
};

/** Registering a GitHub App from the browser of whoever sets the server up. */
export type GithubAppSetup = {
  readonly hostname: string;
  /** The server works as an app already. */
  readonly isDone: boolean;
  /** The page of GitHub that a form sends the manifest to; GitHub hands `state` back. */
  registrationUrl(state: string): string;
  /**
   * Exchanges the code that GitHub handed out for the app. It can be done once, within an hour. Throws `host_refused` or
   * `host_unavailable`; neither names the code.
   */
  exchange(code: string): Promise<NewGithubApp>;
};

export type GithubAppSetupOptions = {
  readonly hostname: string;
  /** The organisation that shall own the app; empty: whoever registers it. */
  readonly organisation: string;
  readonly isDone: boolean;
  /** The certificates of `trustedAuthorities`. */
  readonly authorities: () => Promise<readonly string[]>;
  readonly now: () => number;
};

const appSchema = z.object({
  id: z.number().int().positive(),
  slug: z.string().min(1),
  name: z.string(),
  html_url: z.url({ protocol: /^https$/ }),
  pem: z.string().min(1),
  webhook_secret: z.string().nullish(),
});

/** https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest */
export function githubAppSetup(options: GithubAppSetupOptions): GithubAppSetup {
  const { hostname, organisation, isDone } = options;
  const owner = organisation === '' ? '' : `/organizations/${encodeURIComponent(organisation)}`;
  return {
    hostname,
    isDone,
    registrationUrl: (state) => `https://${hostname}${owner}/settings/apps/new?state=${encodeURIComponent(state)}`,
    exchange: (code) => exchange(options, code),
  };
}

const activity = 'asking GitHub for the app';

async function exchange(options: GithubAppSetupOptions, code: string): Promise<NewGithubApp> {
  if (!/^[\w.~-]{1,200}$/.test(code) || /^\.+$/.test(code)) {
    throw new PolderError('host_refused', `${activity}: that is no code of GitHub's`);
  }
  const api = apiUrl(options.hostname);
  const hostFetch = createHostFetch({
    origin: new URL(api).origin,
    authorities: await options.authorities(),
    isRepeatable: () => false,
    // It would log addresses, and this one holds the code.
    log: silentLog(),
    now: options.now,
  });
  const headers = { accept: 'application/vnd.github+json', 'user-agent': 'polder' };
  const reply = await hostFetch(`${api}/app-manifests/${code}/conversions`, { method: 'POST', headers });
  if (reply.status === 404) {
    const reason = 'it does not know that code: each can be used once, within an hour';
    throw new PolderError('host_refused', `${activity}: ${reason}`, { details: { status: 404 } });
  }
  if (!reply.ok) {
    const { status } = reply;
    throw new PolderError('host_refused', `${activity}: status ${status}`, { details: { status } });
  }
  return understood(await reply.text());
}

function understood(text: string): NewGithubApp {
  const parsed = appSchema.safeParse(parseJson(text));
  if (!parsed.success) throw new PolderError('host_refused', `${activity}: the reply is not as GitHub's`);
  const { id, slug, name, html_url: webUrl, pem: privateKey, webhook_secret: secret } = parsed.data;
  return { id, slug, name, webUrl, privateKey, webhookSecret: secret ?? null };
}
