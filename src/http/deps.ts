import type { Intake } from '../pulls/index.ts';
import type { FindRepoDeps } from '../repos/index.ts';
import type { RunDeps } from '../runs/index.ts';
import type { GithubAppSetup } from '../vcs/github/index.ts';
import type { LocalPullDeps } from '../vcs/local/index.ts';
import type { ListenerSettings, Timeouts } from './node-server.ts';

/** The options that the HTTP side reads, each named after its flag. */
export type HttpSettings = ListenerSettings & {
  /** The bare version, such as `0.1.0`. */
  readonly version: string;
  /** The external address, without a slash at its end; it may have a path. */
  readonly baseUrl: string;
  /** Empty: the API secret is off. */
  readonly apiSecret: string;
  /** The word that begins a comment command, as shown in answers. */
  readonly executableName: string;
  /** The commands that may be run at all. */
  readonly allowCommands: readonly string[];
  readonly webBasicAuth: boolean;
  readonly webUsername: string;
  readonly webPassword: string;
  /** `GET /api/locks` asks for a credential. */
  readonly locksRequireToken: boolean;
  readonly disableRepoLocking: boolean;
  readonly disableGlobalApplyLock: boolean;
  readonly enableProfilingApi: boolean;
};

/** What the HTTP side needs of the app. */
export type HttpDeps = RunDeps &
  FindRepoDeps & {
    readonly settings: HttpSettings;
    /** The server is shutting down: no new runs. */
    readonly draining: () => boolean;
    /** The repository allow-list. */
    readonly isAllowed: (host: string, fullName: string) => boolean;
    /** There when the server has local repositories. */
    readonly localPulls?: LocalPullDeps | undefined;
    /** There when the server takes webhooks. */
    readonly intake?: Intake;
    /** There when a GitHub App may be registered from a page. */
    readonly githubApp?: GithubAppSetup;
  };

/** What routes get besides: parts that live as long as the server listens. */
export type HttpContext = HttpDeps & {
  /** Aborts when the server closes: what would never end by itself ends then. */
  readonly closing: AbortSignal;
  readonly timeouts: Timeouts;
};
