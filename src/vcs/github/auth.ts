import { createPrivateKey } from 'node:crypto';
import { createAppAuth } from '@octokit/auth-app';
import type { Octokit } from '@octokit/core';
import { z } from 'zod';
import { PolderError } from '../../lib/errors.ts';
import { isStatus } from '../index.ts';
import { refusalOf } from './refusal-of.ts';

export type GithubCredentials =
  /** A personal token; `token` is asked for each request, since its file may change. */
  | { readonly kind: 'token'; readonly user: string; readonly token: () => Promise<string> }
  | {
      readonly kind: 'app';
      readonly appId: number;
      /** PEM, PKCS#1 or PKCS#8; `\n` may stand for a line's end. */
      readonly privateKey: string;
      /** null: the only installation of the app. */
      readonly installationId: number | null;
      /** The app's name in URLs; null: asked of GitHub. */
      readonly slug: string | null;
    };

export type GithubAuth = {
  /** A token for the API and for git, valid for some minutes at least. */
  token(): Promise<string>;
  /** For a token that GitHub takes no longer. True when `token` gives another one now. */
  forgetToken(): boolean;
  /** What git gives as the user's name. */
  readonly gitUsername: string;
  ownLogin(): Promise<string>;
  /** The headers of what is asked as the app itself, and of no installation; null for a token. */
  readonly asApp: (() => Promise<{ readonly authorization: string }>) | null;
};

/** `api` sends requests without credentials of its own. */
export function createAuth(api: Octokit, credentials: GithubCredentials, now: () => number): GithubAuth {
  return credentials.kind === 'token' ? tokenAuth(credentials) : appAuth({ api, now }, credentials);
}

function tokenAuth({ user, token }: Extract<GithubCredentials, { kind: 'token' }>): GithubAuth {
  return { token, forgetToken: () => false, gitUsername: user, ownLogin: async () => user, asApp: null };
}

/** An installation's token lives for an hour, and the library keeps it for nearly as long. */
const shortestLifeMs = 10 * 60_000;

type AppDeps = { readonly api: Octokit; readonly now: () => number };

function appAuth({ api, now }: AppDeps, app: Extract<GithubCredentials, { kind: 'app' }>): GithubAuth {
  const privateKey = checkedKey(app.privateKey);
  const auth = createAppAuth({ appId: app.appId, privateKey, request: api.request });
  const asApp = async () => ({ authorization: `bearer ${(await auth({ type: 'app' })).token}` });
  const installation = once(async () => {
    if (app.installationId !== null) return app.installationId;
    const { data } = await api.request('GET /app/installations', { headers: await asApp() });
    const [only, ...others] = z.array(z.object({ id: z.number() })).parse(data);
    if (only && others.length === 0) return only.id;
    const found = `${others.length + (only ? 1 : 0)} installations`;
    throw new PolderError('host_refused', `using the GitHub App: expected one installation, found ${found}`);
  });
  let refresh = false;
  const newToken = async () => {
    const wanted = { type: 'installation', installationId: await installation.ask() } as const;
    const { token, expiresAt } = await auth({ ...wanted, refresh });
    refresh = false;
    const livesOn = Date.parse(expiresAt) - now() > shortestLifeMs;
    return livesOn ? token : (await auth({ ...wanted, refresh: true })).token;
  };
  const slug = once(async () => {
    if (app.slug !== null) return app.slug;
    const { data } = await api.request('GET /app', { headers: await asApp() });
    return z.object({ slug: z.string() }).parse(data).slug;
  });
  return {
    token: () =>
      newToken().catch((error: unknown) => {
        installation.forget();
        throw appRefusal('its token', error);
      }),
    forgetToken: () => {
      refresh = true;
      installation.forget();
      return true;
    },
    gitUsername: 'x-access-token',
    ownLogin: () =>
      slug.ask().then(
        (name) => `${name}[bot]`,
        (error: unknown) => {
          throw appRefusal('its name', error);
        },
      ),
    asApp,
  };
}

/** Both kinds of key that GitHub has given out; a key for anything else is refused at the start. */
function checkedKey(pem: string): string {
  const key = pem.replaceAll('\\n', '\n');
  try {
    return createPrivateKey(key).export({ type: 'pkcs8', format: 'pem' }).toString();
  } catch (cause) {
    throw new PolderError('option_invalid', 'reading the key of the GitHub App: expected a private key in PEM', {
      cause,
    });
  }
}

/** An app that is not installed answers 404, which must not look as if what was asked for were not there. */
function appRefusal(what: string, error: unknown): PolderError {
  const refused = refusalOf(`the GitHub App, ${what}`, error);
  if (!isStatus(refused, 404)) return refused;
  return new PolderError('host_refused', `${refused.message}: is the app installed?`, { cause: error });
}

/** Asks once; a question that went wrong is asked again. */
function once<T>(question: () => Promise<T>) {
  let answer: Promise<T> | undefined;
  return {
    ask: (): Promise<T> => {
      answer ??= question().catch((error: unknown) => {
        answer = undefined;
        throw error;
      });
      return answer;
    },
    forget: (): void => {
      answer = undefined;
    },
  };
}
