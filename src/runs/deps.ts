import type { Db } from '../db/index.ts';
import type { GitDeps } from '../git/index.ts';
import type { Log } from '../lib/log.ts';
import type { RuleDefaults, ServerRules } from '../repo-config/index.ts';
import type { ConfigurationReader, Distribution, EngineDeps, Engines } from '../terraform/index.ts';
import type { Hosts } from '../vcs/index.ts';
import type { InitGate } from './init-gate.ts';
import type { Pool } from './pool.ts';
import type { Requirement, RunSubscriber } from './types.ts';

/** What an operator decides about runs. */
export type RunSettings = {
  readonly executableName: string;
  /** The server's address for people, without a slash at its end. */
  readonly baseUrl: string;
  /** Whether projects are locked while they are planned and applied. */
  readonly repoLocking: boolean;
  /** How long one Terraform process may run. */
  readonly engineTimeoutMs: number;
  /** How long a Terraform process that was interrupted may take to end before it is killed. */
  readonly killAfterMs: number;
  /** Whether the git that `init` starts may log in at the hosts of this server. */
  readonly writeGitCreds: boolean;
  readonly logMaxBytes: number;
  readonly defaultDistribution: Distribution;
  /** What the server says of repositories, and what holds where neither it nor they say anything. */
  readonly serverRules: ServerRules;
  readonly ruleDefaults: RuleDefaults;
  readonly autoplanFileList: readonly string[];
};

/** What runs are made from. */
export type RunDeps = {
  readonly db: Db;
  readonly log: Log;
  readonly now: () => number;
  /** The folder of this server's own files. */
  readonly dataDir: string;
  readonly git: GitDeps;
  readonly engines: Engines;
  readonly hosts: Hosts;
  /** Bounds the jobs that run at once in this process. */
  readonly pool: Pool;
  readonly engineDeps: EngineDeps;
  readonly initGate: InitGate;
  readonly configurationReader: ConfigurationReader;
  readonly settings: RunSettings;
  readonly subscribers: readonly RunSubscriber[];
  readonly requirements: readonly Requirement[];
};
