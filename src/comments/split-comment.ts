import { PolderError } from '../lib/errors.ts';
import { mapBlocks, type OpenBlocks } from './open-blocks.ts';

export type SplitOptions = {
  /** The most that the host takes in one comment, counted as JavaScript counts: never less than in characters. */
  readonly maxLength: number;
  /** `--max-comments-per-command`; 0 is any number. */
  readonly maxComments: number;
  /** The command whose output it is, such as `plan`; null when it is no command's. */
  readonly command: string | null;
};

/** How far from a full piece a better place to cut is looked for. */
const searchLength = 500;

/**
 * Cuts a comment into pieces that the host takes, in the order in which they are to be posted. No piece cuts a
 * character; fences, sections and code spans that a cut would tear are closed before it and opened again after it. All
 * pieces but the first are nearly full: what does not fit into `maxComments` is missing at the beginning, so that the
 * summary at the end stays. `maxLength` must leave room for the words between the pieces: 1,000 always do.
 */
export function splitComment(text: string, options: SplitOptions): string[] {
  const blocksAt = mapBlocks(text);
  const openAt = (offset: number): Open => ({
    ...blocksAt(offset),
    code: openCodeSpan(text, blocksAt(offset), offset),
  });
  const pieces: string[] = [];
  let end = text.length;
  for (;;) {
    const tail = end === text.length ? '' : endText(openAt(end));
    if (end + tail.length <= options.maxLength) return [text.slice(0, end) + tail, ...pieces];
    const isLast = options.maxComments > 0 && pieces.length + 1 >= options.maxComments;
    const head = (offset: number) => startText(isLast ? truncated : continued(options.command), openAt(offset));
    const start = cutBefore(text, { end, room: options.maxLength - tail.length, head });
    pieces.unshift(head(start) + text.slice(start, end) + tail);
    if (isLast) return pieces;
    end = start;
  }
}

const truncated =
  '> [!WARNING]\n> **Warning**: Command output is larger than the maximum number of comments per command. Output ' +
  'truncated.\n';

function continued(command: string | null): string {
  return command === null
    ? 'Continued from previous comment.\n'
    : `Continued ${command} output from previous comment.\n`;
}

type Open = OpenBlocks & {
  /** The backticks of a code span. */
  readonly code: string;
};

type Cut = { readonly end: number; readonly room: number; readonly head: (offset: number) => string };

/** Where the piece that ends at `end` begins: as early as it may, moved on to the next line or word. */
function cutBefore(text: string, { end, room, head }: Cut): number {
  // Nothing is open at the very beginning, so this is the least that it can be.
  let reserved = head(0).length;
  for (;;) {
    const earliest = Math.max(0, end - room + reserved);
    const start = goodPlace(text, earliest, Math.min(earliest + searchLength, Math.ceil((earliest + end) / 2)));
    if (start >= end)
      throw new PolderError('internal', `splitting a comment: ${room} characters leave no room for text`);
    // What must be opened again is known only now, and may want more room.
    const needed = head(start).length;
    if (needed <= reserved) return start;
    reserved = needed;
  }
}

function goodPlace(text: string, from: number, to: number): number {
  const window = text.slice(from, to);
  const place = window.indexOf('\n') === -1 ? window.indexOf(' ') : window.indexOf('\n');
  return place === -1 ? betweenCharacters(text, from) : from + place + 1;
}

/** The offset, or the end of the character that it would cut: of a pair of surrogates, or one with its accents. */
function betweenCharacters(text: string, offset: number): number {
  const from = Math.max(0, offset - 50);
  const around = [...new Intl.Segmenter().segment(text.slice(from, offset + 50))];
  const cut = around.find(({ index, segment }) => from + index < offset && from + index + segment.length > offset);
  return cut ? from + cut.index + cut.segment.length : offset;
}

function endText({ details, fence, code }: Open): string {
  const closings = [
    code === '' ? '' : `${code}\n`,
    fence ? `\n${fence.indent}${fence.ticks}\n` : '',
    details === null ? '' : `${fence ? '' : '\n'}</details>\n`,
  ];
  const next = '<br>\n\n**Warning**: Output length greater than max comment size. Continued in next comment.';
  return `${closings.join('')}\n${next}`;
}

function startText(words: string, { details, fence, code }: Open): string {
  const openings = [
    details === null ? '' : `${details}\n\n`,
    fence ? `${fence.indent}${fence.ticks}${fence.language}\n` : '',
    code,
  ];
  const opened = openings.join('');
  // Where nothing is opened, text right below the warning would become part of its quote.
  return opened === '' && words === truncated ? `${words}\n` : `${words}${opened}`;
}

/** The backticks of the code span that is open at `offset`, which is within a line. */
function openCodeSpan(text: string, { fence }: OpenBlocks, offset: number): string {
  if (fence) return '';
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  let open = '';
  for (const [ticks] of line.matchAll(/`+/g)) {
    if (open === '') open = ticks;
    else if (ticks === open) open = '';
  }
  return open;
}
