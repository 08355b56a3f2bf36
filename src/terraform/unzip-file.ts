import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { openPromise } from 'yauzl';

/**
 * Writes one file of an archive to a new, executable file, synced to disk. Throws when it is not in the archive, is
 * larger than `maxBytes`, or has not the size that the archive says.
 */
export async function unzipFile(archive: string, name: string, to: { path: string; maxBytes: number }): Promise<void> {
  const zip = await openPromise(archive, { validateEntrySizes: true });
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName !== name) continue;
      if (entry.uncompressedSize > to.maxBytes) throw new Error(`'${name}' in it is longer than ${to.maxBytes} bytes`);
      const content = await zip.openReadStreamPromise(entry);
      await pipeline(content, createWriteStream(to.path, { flags: 'wx', mode: 0o755, flush: true }));
      return;
    }
  } finally {
    zip.close();
  }
  throw new Error(`there is no '${name}' in it`);
}
