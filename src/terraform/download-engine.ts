import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorText, PolderError } from '../lib/errors.ts';
import { fetchBytes, fetchToFile } from './fetch-limited.ts';
import type { ReleaseSource } from './releases.ts';
import { unzipFile } from './unzip-file.ts';

const limits = {
  smallFile: { maxBytes: 1024 * 1024 },
  archive: { maxBytes: 512 * 1024 * 1024, timeoutMs: 15 * 60_000 },
  programBytes: 1024 * 1024 * 1024,
} as const;

/**
 * Downloads one version into `binDir` as `<program><version>` and gives its path. The checksums must bear a good
 * signature of the source's keys and the archive its checksum; nothing of it is run or unpacked before. The program
 * appears whole or not at all, so others may look for it at any time. Throws `engine_download_failed`.
 */
export async function downloadEngine(source: ReleaseSource, version: string, binDir: string): Promise<string> {
  const files = source.files(version);
  const { authorization } = source;
  const activity = `downloading ${files.program} ${version}`;
  await mkdir(binDir, { recursive: true, mode: 0o755 });
  const folder = await mkdtemp(join(binDir, '.download-'));
  try {
    const checksums = await fetchBytes(files.checksums, { ...limits.smallFile, authorization });
    const signature = await fetchBytes(files.signature, { ...limits.smallFile, authorization });
    await checkSignature({ signed: checksums, signature, keys: source.signingKeys, url: files.signature });
    const wanted = checksumOf(files.archive.name, checksums.toString('utf8'));
    if (wanted === undefined) throw refused(`${files.checksums} does not list ${files.archive.name}`);
    const archive = join(folder, 'archive.zip');
    const digest = await fetchToFile(files.archive.url, archive, { ...limits.archive, authorization });
    if (digest !== wanted) throw refused(`${files.archive.url} has the SHA-256 ${digest}, expected ${wanted}`);
    const program = join(folder, files.program);
    await unzipFile(archive, files.program, { path: program, maxBytes: limits.programBytes }).catch(
      (error: unknown) => {
        throw refused(`unpacking ${files.archive.name}: ${errorText(error)}`, error);
      },
    );
    const path = join(binDir, `${files.program}${version}`);
    await rename(program, path);
    return path;
  } catch (error) {
    throw new PolderError('engine_download_failed', `${activity}: ${errorText(error)}`, { cause: error });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function checkSignature(of: { signed: Buffer; signature: Buffer; keys: string; url: string }): Promise<void> {
  // Loaded here alone: it is large, and most servers never download.
  const { createMessage, readKeys, readSignature, verify } = await import('openpgp');
  try {
    const armored = of.signature.subarray(0, 15).toString('latin1') === '-----BEGIN PGP ';
    const { signatures } = await verify({
      message: await createMessage({ binary: new Uint8Array(of.signed) }),
      signature: armored
        ? await readSignature({ armoredSignature: of.signature.toString('latin1') })
        : await readSignature({ binarySignature: new Uint8Array(of.signature) }),
      verificationKeys: await readKeys({ armoredKeys: of.keys }),
    });
    await Promise.any(signatures.map(({ verified }) => verified));
  } catch (error) {
    const reason = error instanceof AggregateError ? error.errors.map(errorText).join(', ') : errorText(error);
    throw refused(`the signature ${of.url} is not good: ${reason === '' ? 'it holds none' : reason}`);
  }
}

/** Lines as `sha256sum` writes them. */
function checksumOf(name: string, checksums: string): string | undefined {
  const lines = checksums.split('\n').map((line) => /^([0-9a-f]{64}) [ *](\S+)\s*$/.exec(line));
  return lines.find((match) => match?.[2] === name)?.[1];
}

function refused(message: string, cause?: unknown): PolderError {
  return new PolderError('engine_download_failed', message, { cause });
}
