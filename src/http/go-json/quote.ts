const shortEscapes = new Map([
  [0x07, '\\a'],
  [0x08, '\\b'],
  [0x09, '\\t'],
  [0x0a, '\\n'],
  [0x0b, '\\v'],
  [0x0c, '\\f'],
  [0x0d, '\\r'],
  [0x22, '\\"'],
  [0x5c, '\\\\'],
]);
const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

/**
 * The bytes between double quotes as Go's `%q` writes them (https://pkg.go.dev/strconv#Quote): printable characters
 * stay, the others become escapes, bytes that are not UTF-8 become `\xNN`.
 */
export function goQuote(content: Buffer | string): string {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  let quoted = '"';
  for (let at = 0; at < bytes.length; ) {
    const character = characterAt(bytes, at);
    quoted += character === undefined ? hex('x', bytes[at] ?? 0, 2) : escaped(character);
    at += character === undefined ? 1 : Buffer.byteLength(character);
  }
  return `${quoted}"`;
}

/** The character whose UTF-8 form begins at the byte, or undefined when none does. */
function characterAt(bytes: Buffer, at: number): string | undefined {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return String.fromCharCode(lead);
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  const character = bytes.toString('utf8', at, at + length);
  const whole =
    Buffer.byteLength(character) === length && Buffer.from(character).equals(bytes.subarray(at, at + length));
  return whole ? character : undefined;
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const short = shortEscapes.get(code);
  if (short !== undefined) return short;
  if (printable.test(character)) return character;
  if (code < 0x80) return hex('x', code, 2);
  return code < 0x10000 ? hex('u', code, 4) : hex('U', code, 8);
}

function hex(letter: string, code: number, digits: number): string {
  return `\\${letter}${code.toString(16).padStart(digits, '0')}`;
}
