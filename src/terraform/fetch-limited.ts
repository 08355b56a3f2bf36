import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { errorText, PolderError } from '../lib/errors.ts';

export type FetchLimits = {
  readonly maxBytes: number;
  /** For the whole transfer. */
  readonly timeoutMs?: number;
  /** The header of that name. It does not follow to other hosts. */
  readonly authorization: string | undefined;
};

const defaultTimeoutMs = 60_000;

/** Fetches something small into memory. Throws `engine_download_failed` for anything but a complete answer. */
export async function fetchBytes(url: string, limits: FetchLimits): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  await receive(url, limits, async (chunk) => {
    chunks.push(chunk);
  });
  return Buffer.concat(chunks);
}

/** Fetches into a new file, mode 0600, and gives the SHA-256 of what came, in hexadecimal. Throws as above. */
export async function fetchToFile(url: string, path: string, limits: FetchLimits): Promise<string> {
  const hash = createHash('sha256');
  const file = await open(path, 'wx', 0o600);
  try {
    await receive(url, limits, async (chunk) => {
      hash.update(chunk);
      await file.write(chunk);
    });
  } finally {
    await file.close();
  }
  return hash.digest('hex');
}

async function receive(url: string, limits: FetchLimits, take: (chunk: Uint8Array) => Promise<void>): Promise<void> {
  const response = await ask(url, limits);
  if (!response.ok || !response.body) {
    await response.body?.cancel();
    throw failed(url, `the server answers ${response.status} ${response.statusText}`.trimEnd());
  }
  let received = 0;
  try {
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      received += chunk.length;
      if (received > limits.maxBytes) throw failed(url, `it is longer than ${limits.maxBytes} bytes`);
      await take(chunk);
    }
  } catch (error) {
    throw error instanceof PolderError ? error : failed(url, errorText(error), error);
  }
}

async function ask(url: string, limits: FetchLimits): Promise<Response> {
  try {
    return await fetch(url, {
      signal: AbortSignal.timeout(limits.timeoutMs ?? defaultTimeoutMs),
      headers: limits.authorization === undefined ? {} : { authorization: limits.authorization },
    });
  } catch (error) {
    throw failed(url, errorText(error), error);
  }
}

function failed(url: string, reason: string, cause?: unknown): PolderError {
  return new PolderError('engine_download_failed', `downloading ${url}: ${reason}`, { cause });
}
