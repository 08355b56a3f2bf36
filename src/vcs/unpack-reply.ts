import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';

/** Not asked for but `gzip`; a proxy in between may think otherwise. */
const unpackers = {
  gzip: promisify(gunzip),
  deflate: promisify(inflate),
  'raw deflate': promisify(inflateRaw),
  br: promisify(brotliDecompress),
};

/**
 * The body of a reply as its `Content-Encoding` says (https://www.rfc-editor.org/rfc/rfc9110#field.content-encoding);
 * undefined for an encoding that is not understood. Throws what zlib throws, also for more than `largest` bytes.
 */
export async function unpackReply(
  bytes: Buffer<ArrayBuffer>,
  encoding: string,
  largest: number,
): Promise<Buffer<ArrayBuffer> | undefined> {
  const name = encoding.trim().toLowerCase();
  if (name === '' || name === 'identity' || bytes.length === 0) return bytes;
  const unpacker = unpackerOf(name, bytes);
  return unpacker?.(bytes, { maxOutputLength: largest });
}

function unpackerOf(name: string, bytes: Buffer) {
  if (name === 'gzip' || name === 'x-gzip') return unpackers.gzip;
  // RFC 9110 means zlib's format; some servers leave its header out, whose first byte ends in 8.
  if (name === 'deflate') return unpackers[((bytes[0] ?? 0) & 15) === 8 ? 'deflate' : 'raw deflate'];
  return name === 'br' ? unpackers.br : undefined;
}
