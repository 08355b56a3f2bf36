import type { FastifyRequest } from 'fastify';

/** A parameter as it was sent: text, a list of texts (`a[]=1&a[]=2`), or whatever JSON said. */
export type RawParameters = Readonly<Record<string, unknown>>;

/**
 * Whether the address holds a NUL byte or bytes that are no UTF-8: text that no database takes.
 * `%` without two hexadecimal digits counts as malformed too.
 */
export function isMalformed(url: string): boolean {
  try {
    return decodeURIComponent(url.replaceAll('+', ' ')).includes('\0');
  } catch {
    return true;
  }
}

/** Path and query merged; the path wins. `+` is a blank, the last of several values counts, `[]` makes a list. */
export function rawParameters(request: FastifyRequest): RawParameters {
  const path = request.params as Readonly<Record<string, string>>;
  return { ...readQuery(request.url), ...path };
}

function readQuery(url: string): Record<string, unknown> {
  const start = url.indexOf('?');
  // Without a prototype: a parameter may be called `__proto__`.
  const found = Object.create(null) as Record<string, unknown>;
  if (start < 0) return found;
  for (const part of url.slice(start + 1).split('&')) {
    if (part === '') continue;
    const [name = '', ...value] = part.split('=').map(decode);
    addParameter(found, name, value.join('='));
  }
  return found;
}

function addParameter(found: Record<string, unknown>, name: string, value: string): void {
  if (!name.endsWith('[]')) {
    found[name] = value;
    return;
  }
  const key = name.slice(0, -2);
  const list: unknown = found[key];
  found[key] = Array.isArray(list) ? [...(list as unknown[]), value] : [value];
}

function decode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}
