import { z } from 'zod';
import { errorText, PolderError } from '../lib/errors.ts';
import { fetchBytes } from './fetch-limited.ts';
import { releaseKeys } from './signing-keys.ts';
import type { Distribution } from './types.ts';

/** Where one distribution's releases come from, and whose signature they must bear. */
export type ReleaseSource = {
  readonly distribution: Distribution;
  /** Versions that have a build for this machine. Throws `engine_download_failed`. */
  listVersions(): Promise<string[]>;
  /** Addresses of one version's files for this machine. */
  files(version: string): ReleaseFiles;
  /** Armored OpenPGP public keys. */
  readonly signingKeys: string;
  /** What to send along for every file. The addresses hold no login, so that they can be shown. */
  readonly authorization: string | undefined;
};

type ReleaseFiles = {
  readonly archive: { readonly name: string; readonly url: string };
  /** `<sha256>  <name>` lines. */
  readonly checksums: string;
  /** Detached OpenPGP signature of the checksums. */
  readonly signature: string;
  /** Name of the program in the archive. */
  readonly program: string;
};

export type SourceOptions = {
  /** As the official site is laid out; without a slash at the end. A mirror's address may hold user and password. */
  readonly downloadUrl: string;
  /** A mirror with `api.json` and `v<version>/<file>`, also with user and password; null for the official places. */
  readonly tofuDownloadUrl: string | null;
  /** Keys of a mirror that signs by itself, in place of the official ones. */
  readonly signingKeys?: Partial<Readonly<Record<Distribution, string>>>;
};

const platform = process.platform === 'win32' ? 'windows' : process.platform;
const architectures: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };
const machine = `${platform}_${architectures[process.arch] ?? process.arch}`;

/** The index of Terraform, some 2 MB today, may grow. */
const largestIndex = 64 * 1024 * 1024;

export function releaseSource(options: SourceOptions, distribution: Distribution): ReleaseSource {
  const source = distribution === 'terraform' ? terraformSource(options) : tofuSource(options);
  return { ...source, signingKeys: options.signingKeys?.[distribution] ?? releaseKeys[distribution] };
}

const terraformIndex = z.object({
  versions: z.record(z.string(), z.object({ builds: z.array(z.object({ os: z.string(), arch: z.string() })) })),
});

/** https://releases.hashicorp.com/terraform/ and its index.json. */
function terraformSource(options: SourceOptions): Omit<ReleaseSource, 'signingKeys'> {
  const { url, authorization } = siteOf(options.downloadUrl);
  const base = `${url}/terraform`;
  return {
    distribution: 'terraform',
    authorization,
    listVersions: async () => {
      const { versions } = await readIndex({ url: `${base}/index.json`, authorization }, terraformIndex);
      const built = Object.entries(versions).filter(([, { builds }]) =>
        builds.some(({ os, arch }) => `${os}_${arch}` === machine),
      );
      return built.map(([version]) => version);
    },
    files: (version) => filesOf({ folder: `${base}/${version}`, program: 'terraform', version, signatureEnd: '.sig' }),
  };
}

const tofuIndex = z.object({ versions: z.array(z.object({ id: z.string(), files: z.array(z.string()) })) });

/** https://get.opentofu.org/tofu/api.json and the releases on GitHub. */
function tofuSource(options: SourceOptions): Omit<ReleaseSource, 'signingKeys'> {
  const mirror = options.tofuDownloadUrl === null ? null : siteOf(options.tofuDownloadUrl);
  const authorization = mirror?.authorization;
  const index = mirror === null ? 'https://get.opentofu.org/tofu/api.json' : `${mirror.url}/api.json`;
  const base = mirror?.url ?? 'https://github.com/opentofu/opentofu/releases/download';
  return {
    distribution: 'opentofu',
    authorization,
    listVersions: async () => {
      const { versions } = await readIndex({ url: index, authorization }, tofuIndex);
      return versions.filter(({ id, files }) => files.includes(`tofu_${id}_${machine}.zip`)).map(({ id }) => id);
    },
    files: (version) => filesOf({ folder: `${base}/v${version}`, program: 'tofu', version, signatureEnd: '.gpgsig' }),
  };
}

function filesOf(of: { folder: string; program: string; version: string; signatureEnd: string }): ReleaseFiles {
  const name = `${of.program}_${of.version}_${machine}.zip`;
  const checksums = `${of.folder}/${of.program}_${of.version}_SHA256SUMS`;
  return {
    archive: { name, url: `${of.folder}/${name}` },
    checksums,
    signature: checksums + of.signatureEnd,
    program: of.program,
  };
}

type Site = { readonly url: string; readonly authorization: string | undefined };

async function readIndex<T>({ url, authorization }: Site, schema: z.ZodType<T>): Promise<T> {
  const bytes = await fetchBytes(url, { maxBytes: largestIndex, authorization });
  try {
    return schema.parse(JSON.parse(bytes.toString('utf8')));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : errorText(error);
    throw new PolderError('engine_download_failed', `reading the list of releases ${url}: ${reason}`, { cause: error });
  }
}

/** An address without the login in it: nobody may read that in a message, and `fetch` takes none that has one. */
function siteOf(written: string): Site {
  const url = new URL(written);
  const { username, password } = url;
  url.username = '';
  url.password = '';
  const isOpen = username === '' && password === '';
  const login = Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64');
  return { url: url.href.replace(/\/+$/, ''), authorization: isOpen ? undefined : `Basic ${login}` };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
