import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { crc32, deflateRawSync } from 'node:zlib';
import { createMessage, generateKey, readPrivateKey, sign } from 'openpgp';
import { onCleanup } from '../support/cleanup.ts';

export type ReleaseMirror = {
  readonly url: string;
  /** Armored public key that the checksums are signed with. */
  readonly publicKey: string;
  /** Paths that were asked for, in order. */
  readonly requests: string[];
  /** User and password, as `user:password`, without which nothing is answered; undefined: anybody may read. */
  login: string | undefined;
  /** What each path answers; change it to make the mirror lie. */
  readonly files: Map<string, Buffer>;
  /** The path of a version's archive, checksums and signature. */
  pathsOf(version: string): { archive: string; checksums: string; signature: string };
  /** Signs with the key of the mirror, or with another. */
  sign(data: Buffer, privateKey?: string): Promise<Buffer>;
};

const machine = `${process.platform}_${process.arch === 'x64' ? 'amd64' : process.arch}`;

/** A site laid out like https://releases.hashicorp.com, or, for OpenTofu, like a mirror of its releases. */
export async function releaseMirror(
  distribution: 'terraform' | 'opentofu',
  versions: readonly string[],
): Promise<ReleaseMirror> {
  const keys = await makeKeys();
  const files = new Map<string, Buffer>();
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    const wanted = mirror.login === undefined ? undefined : `Basic ${btoa(mirror.login)}`;
    if (wanted !== undefined && request.headers.authorization !== wanted) {
      response.writeHead(401).end('who are you?');
      return;
    }
    const content = files.get(request.url ?? '');
    response.writeHead(content ? 200 : 404).end(content ?? 'not here');
  });
  const url = await listen(server);
  const mirror: ReleaseMirror = {
    url,
    publicKey: keys.publicKey,
    requests,
    login: undefined,
    files,
    pathsOf: (version) => pathsOf(distribution, version),
    sign: (data, privateKey = keys.privateKey) => signDetached(data, privateKey),
  };
  for (const version of versions) await addRelease(mirror, distribution, version);
  files.set(...indexOf(distribution, versions));
  return mirror;
}

/** A pair of OpenPGP keys, armored. */
export async function makeKeys(): Promise<{ privateKey: string; publicKey: string }> {
  return generateKey({ type: 'ecc', userIDs: [{ name: 'Test', email: 'test@example.com' }], format: 'armored' });
}

/** A program that does nothing but say which engine it is; `starts` collects a line for each start. */
export function fakeEngine(distribution: 'terraform' | 'opentofu', version: string, starts = '/dev/null'): string {
  const product = distribution === 'terraform' ? 'Terraform' : 'OpenTofu';
  return `#!/bin/sh\necho "$0 $*" >> '${starts}'\necho '${product} v${version}'\necho 'on linux_amd64'\n`;
}

/** A zip archive (APPNOTE.TXT 4.3) of these files. */
export function zipOf(files: Readonly<Record<string, string>>): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const content = Buffer.from(text);
    const packed = deflateRawSync(content);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(name.length, 22);
    const placed = Buffer.alloc(14);
    placed.writeUInt32LE(offset, 10);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), packed]);
    directory.push(Buffer.from('PK\x01\x02\x14\x03', 'latin1'), common, placed, Buffer.from(name));
    parts.push(local);
    offset += local.length;
  }
  const size = Buffer.concat(directory).length;
  const end = Buffer.alloc(18);
  end.writeUInt16LE(parts.length, 4);
  end.writeUInt16LE(parts.length, 6);
  end.writeUInt32LE(size, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, ...directory, Buffer.from('PK\x05\x06'), end]);
}

async function addRelease(
  mirror: ReleaseMirror,
  distribution: 'terraform' | 'opentofu',
  version: string,
): Promise<void> {
  const paths = mirror.pathsOf(version);
  const program = distribution === 'terraform' ? 'terraform' : 'tofu';
  const archive = zipOf({ 'LICENSE.txt': 'text', [program]: fakeEngine(distribution, version) });
  const digest = createHash('sha256').update(archive).digest('hex');
  const name = paths.archive.slice(paths.archive.lastIndexOf('/') + 1);
  const checksums = Buffer.from(`${'0'.repeat(64)}  other.zip\n${digest}  ${name}\n`);
  mirror.files.set(paths.archive, archive);
  mirror.files.set(paths.checksums, checksums);
  mirror.files.set(paths.signature, await mirror.sign(checksums));
}

function pathsOf(distribution: 'terraform' | 'opentofu', version: string) {
  const [folder, program, end] =
    distribution === 'terraform' ? [`/terraform/${version}`, 'terraform', '.sig'] : [`/v${version}`, 'tofu', '.gpgsig'];
  const checksums = `${folder}/${program}_${version}_SHA256SUMS`;
  return { archive: `${folder}/${program}_${version}_${machine}.zip`, checksums, signature: checksums + end };
}

function indexOf(distribution: 'terraform' | 'opentofu', versions: readonly string[]): [string, Buffer] {
  if (distribution === 'opentofu') {
    const list = versions.map((id) => ({ id, files: [`tofu_${id}_${machine}.zip`, `tofu_${id}_SHA256SUMS`] }));
    return ['/api.json', Buffer.from(JSON.stringify({ versions: list }))];
  }
  const [os, arch] = machine.split('_');
  const entries = versions.map((version) => [version, { name: 'terraform', version, builds: [{ os, arch }] }] as const);
  const elsewhere = [
    '99.0.0',
    { name: 'terraform', version: '99.0.0', builds: [{ os: 'plan9', arch: 'amd64' }] },
  ] as const;
  const index = { name: 'terraform', versions: Object.fromEntries([...entries, elsewhere]) };
  return ['/terraform/index.json', Buffer.from(JSON.stringify(index))];
}

async function signDetached(data: Buffer, privateKey: string): Promise<Buffer> {
  // The package's types name a package that is not there: what comes is bytes.
  const signature: unknown = await sign({
    message: await createMessage({ binary: new Uint8Array(data) }),
    signingKeys: await readPrivateKey({ armoredKey: privateKey }),
    detached: true,
    format: 'binary',
  });
  return Buffer.from(signature as Uint8Array);
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onCleanup(() => new Promise((resolve) => server.close(resolve).closeAllConnections()));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
