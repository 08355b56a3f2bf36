import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';

export type RawReply = {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** Undefined when the body is no JSON. */
  readonly json: unknown;
};

/**
 * Sends a request byte for byte: the request line, the headers as they are written, and the body. Only `Host`,
 * `Content-Length` (unless there is one) and `Connection: close` are added.
 */
export async function sendRaw(
  origin: string,
  request: { readonly line: string; readonly headers?: readonly string[]; readonly body?: string },
): Promise<RawReply> {
  const { hostname, port, host } = new URL(origin);
  const { line, headers = [], body = '' } = request;
  const hasLength = headers.some((header) => /^content-length:/i.test(header));
  const length = hasLength || body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  const head = [`${line} HTTP/1.1`, `Host: ${host}`, ...headers, ...length, 'Connection: close'];
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  return parseReply((await buffer(socket)).toString('utf8'));
}

function parseReply(reply: string): RawReply {
  const end = reply.indexOf('\r\n\r\n');
  const [statusLine = '', ...lines] = reply.slice(0, end).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const text = reply.slice(end + 4);
  const isJson = headers['content-type'] === 'application/json' && text !== '';
  return { status: Number(statusLine.split(' ')[1]), headers, text, json: isJson ? JSON.parse(text) : undefined };
}
