import { readdir } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { errorText, PolderError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { createEngineProbe, type EngineProbe } from './engine-probe.ts';
import { type ReleaseSource, releaseSource, type SourceOptions } from './releases.ts';
import type { Distribution, Engine } from './types.ts';
import { highestVersion, parseVersionConstraint, type VersionConstraint } from './version-constraint.ts';

export type EnginesOptions = SourceOptions & {
  /** Where downloaded engines are kept. Made when needed. */
  readonly binDir: string;
  /** The server's PATH. */
  readonly pathEnv: string;
  /** The server's environment; the engines get it without our secrets. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Looked at before PATH; an absolute path. */
  readonly configuredBinary?: string;
  readonly defaultDistribution: Distribution;
  /** For projects that say nothing, of the default distribution; null: what is on PATH. */
  readonly defaultVersion: string | null;
  readonly downloadsAllowed: boolean;
  readonly log: Log;
};

/** What a project says about its engine. */
export type EngineWish = {
  /** Null for the default. */
  readonly distribution: Distribution | null;
  /** A version or a constraint such as `>= 1.5, < 2.0`; null when the project does not say. */
  readonly version: string | null;
};

export type EngineFound =
  | { readonly kind: 'found'; readonly engine: Engine }
  /** `message` is a sentence for the person who asked for the run. */
  | { readonly kind: 'not_found'; readonly message: string };

export type Engines = {
  /**
   * The engine for a project: the configured one or the one on PATH when it fits, else `terraform<version>` or
   * `tofu<version>` on PATH or in `binDir`, else, where allowed, the highest release that fits, downloaded. May be called
   * by many at once; they share one look-up and one download. A configured engine that cannot be run is not passed over:
   * nothing is found. Throws `engine_download_failed`.
   */
  find(wish: EngineWish): Promise<EngineFound>;
};

/** Finds, remembers and downloads engines. */
export function createEngines(options: EnginesOptions): Engines {
  const deps: Deps = {
    options,
    probe: createEngineProbe(options.env),
    sharedDownload: createSharing<string>(),
  };
  const sharedSearch = createSharing<EngineFound>();
  return {
    find: async (wish) => {
      const distribution = wish.distribution ?? options.defaultDistribution;
      const isDefault = distribution === options.defaultDistribution;
      const version = wish.version ?? (isDefault ? options.defaultVersion : null);
      const constraint = version === null ? null : parseVersionConstraint(version);
      if (constraint === undefined) return notFound(`${commands[distribution]}: ${badVersion(version)}`);
      // Terraform is what nobody has to choose; OpenTofu somebody has chosen.
      const substitute: Distribution | null =
        wish.distribution === null && distribution === 'terraform' ? 'opentofu' : null;
      const wanted = { distribution, constraint, substitute };
      return sharedSearch(`${distribution} ${version} ${substitute}`, () => findEngine(deps, wanted));
    },
  };
}

const commands: Readonly<Record<Distribution, string>> = { terraform: 'terraform', opentofu: 'tofu' };

type Sharing<T> = (key: string, start: () => Promise<T>) => Promise<T>;

/** Callers with the same key, while the first one's work is under way, get the same answer. */
function createSharing<T>(): Sharing<T> {
  const running = new Map<string, Promise<T>>();
  return (key, start) => {
    const existing = running.get(key);
    if (existing) return existing;
    const started = start().finally(() => running.delete(key));
    running.set(key, started);
    return started;
  };
}

type Deps = {
  readonly options: EnginesOptions;
  readonly probe: EngineProbe;
  readonly sharedDownload: Sharing<string>;
};
type Wanted = {
  readonly distribution: Distribution;
  readonly constraint: VersionConstraint | null;
  /** What may take its place on a machine that has no engine of that distribution at all. */
  readonly substitute: Distribution | null;
};

async function findEngine(deps: Deps, wanted: Wanted): Promise<EngineFound> {
  const { configuredBinary } = deps.options;
  if (configuredBinary !== undefined && !(await deps.probe(configuredBinary))) {
    // Another one in its place would be a choice that nobody made.
    return notFound('what --terraform-binary names is not a terraform or tofu that can be run');
  }
  const { fitting, others } = await installedEngine(deps, wanted);
  const engine = fitting ?? (await versionedEngine(deps, wanted));
  if (engine) return { kind: 'found', engine };
  const instead = others.length === 0 ? await substituteEngine(deps, wanted) : undefined;
  if (instead) return { kind: 'found', engine: instead };
  const missing = describeMissing(wanted, others, configuredBinary);
  if (!deps.options.downloadsAllowed) return notFound(`${missing}, and downloads are switched off`);
  try {
    return await downloadFitting(deps, wanted, missing);
  } catch (error) {
    throw new PolderError('engine_download_failed', `${missing}; ${errorText(error)}`, { cause: error });
  }
}

/** Where only OpenTofu is installed, nobody who left the choice to the machine means Terraform. */
async function substituteEngine(deps: Deps, wanted: Wanted): Promise<Engine | undefined> {
  if (wanted.substitute === null) return undefined;
  const { fitting } = await installedEngine(deps, { ...wanted, distribution: wanted.substitute });
  if (fitting)
    deps.options.log.warn({ path: fitting.binary }, `no ${commands[wanted.distribution]} is installed; using what is`);
  return fitting;
}

type Installed = { readonly fitting?: Engine; readonly others: readonly Engine[] };

/** The first that fits of the configured engine and those on PATH under their plain names. */
async function installedEngine({ options, probe }: Deps, { distribution, constraint }: Wanted): Promise<Installed> {
  const onPath = searchPath(options).map((folder) => join(folder, commands[distribution]));
  const candidates = options.configuredBinary === undefined ? onPath : [options.configuredBinary, ...onPath];
  const others: Engine[] = [];
  for (const candidate of candidates) {
    const engine = await probe(candidate);
    if (engine?.distribution !== distribution) continue;
    if (constraint === null || constraint.allows(engine.version)) return { fitting: engine, others };
    others.push(engine);
  }
  return { others };
}

/** The highest `<program><version>` that fits and works. */
async function versionedEngine({ options, probe }: Deps, wanted: Wanted): Promise<Engine | undefined> {
  const command = commands[wanted.distribution];
  const paths = new Map<string, string>();
  for (const folder of [options.binDir, ...searchPath(options)]) {
    const names = await readdir(folder).catch(() => []);
    const versions = names.filter((name) => name.startsWith(command)).map((name) => name.slice(command.length));
    for (const version of versions) if (!paths.has(version)) paths.set(version, join(folder, command + version));
  }
  for (;;) {
    const version = highestVersion([...paths.keys()], wanted.constraint);
    const path = version === undefined ? undefined : paths.get(version);
    if (version === undefined || path === undefined) return undefined;
    const engine = await probe(path);
    if (engine?.distribution === wanted.distribution && engine.version === version) return engine;
    options.log.warn({ path }, 'a file is named like an engine but does not answer as that version; it is not used');
    paths.delete(version);
  }
}

async function downloadFitting(deps: Deps, wanted: Wanted, missing: string): Promise<EngineFound> {
  const { options, probe } = deps;
  const source = releaseSource(options, wanted.distribution);
  const version = await releaseToDownload(source, wanted.constraint);
  if (version === undefined) return notFound(`${missing}, and no release fits either`);
  const { downloadEngine } = await import('./download-engine.ts');
  const path = await deps.sharedDownload(`${wanted.distribution} ${version}`, () =>
    downloadEngine(source, version, options.binDir),
  );
  options.log.info({ path }, 'engine downloaded');
  const engine = await probe(path);
  if (engine) return { kind: 'found', engine };
  throw new PolderError('engine_download_failed', `running the downloaded ${path}: it does not say its version`);
}

async function releaseToDownload(
  source: ReleaseSource,
  constraint: VersionConstraint | null,
): Promise<string | undefined> {
  return constraint?.exact ?? highestVersion(await source.listVersions(), constraint);
}

function searchPath({ pathEnv }: EnginesOptions): string[] {
  return pathEnv.split(delimiter).filter(isAbsolute);
}

/** For readers of a pull request, too, who need not know where things are on the server. */
function describeMissing(
  { distribution, constraint }: Wanted,
  installed: readonly Engine[],
  configuredBinary: string | undefined,
): string {
  const wish = constraint === null ? commands[distribution] : `${commands[distribution]} ${constraint.text}`;
  const nameOf = ({ binary }: Engine) =>
    binary === configuredBinary ? 'that of --terraform-binary' : `the ${commands[distribution]} on PATH`;
  const there = installed.map((engine) => `${nameOf(engine)} is ${engine.version}`);
  const elsewhere = there.length === 0 ? `no ${commands[distribution]} is on PATH` : there.join(', ');
  return `no ${wish} was found on this machine: ${elsewhere}`;
}

function badVersion(version: string | null): string {
  return `the version '${version}' is not understood, expected one such as 1.5.7 or a constraint such as '>= 1.5, < 2.0'`;
}

function notFound(message: string): EngineFound {
  return { kind: 'not_found', message };
}
