import { StringDecoder } from 'node:string_decoder';
import { quoted } from './shown-text.ts';

const maxBytes = 40;

/** What a webhook is answered when its comment is no command: the beginning of the comment in quotes, as Go's. */
export function ignoredCommentNotice(body: string): string {
  // More than so many characters are more than so many bytes.
  const bytes = Buffer.from(body.slice(0, maxBytes + 1));
  if (bytes.length <= maxBytes) return `Ignoring non-command comment: ${quoted(bytes.toString())}`;
  const decoder = new StringDecoder('utf8');
  const whole = decoder.write(bytes.subarray(0, maxBytes));
  const rest = bytes.subarray(Buffer.byteLength(whole), maxBytes);
  const halfCharacter = [...rest].map((byte) => `\\x${byte.toString(16)}`).join('');
  return `Ignoring non-command comment: ${quoted(whole).slice(0, -1)}${halfCharacter}..."`;
}
