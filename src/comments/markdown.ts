/*
 * Text that others wrote, inside of our comments. The output of a plan is what people decide by, and anybody who may
 * open a pull request writes parts of it: it must neither end its block early, nor hide or call anything.
 * (https://spec.commonmark.org/0.31.2, https://trojansource.codes)
 */

/** Longer runs of backticks are broken up, so that a fence stays a small part of a comment. */
const longestFence = 40;

/**
 * A fenced block that nothing in `text` can end. The text is not trimmed: where it ends with a line break, an empty
 * line follows. `indent` makes it part of a list item.
 */
export function fence(text: string, language = '', indent = ''): string {
  const shown = readable(text.replace(/\r\n?/g, '\n')).replace(brokenUp, '$&\u200b');
  const ticks = '`'.repeat(Math.max(3, longestRun(shown) + 1));
  const block = `${ticks}${language}\n${shown}\n${ticks}`;
  return indent === '' ? block : block.replace(/^/gm, indent);
}

const brokenUp = new RegExp(`\`{${longestFence - 1}}(?=\`)`, 'g');

/** Text that ends no fence of three backticks, for blocks that are not ours. */
export function tame(text: string): string {
  return readable(text.replace(/\r\n?/g, '\n')).replace(/`{2}(?=`)/g, '$&\u200b');
}

/** A section that starts folded. Markdown inside needs the empty line after the summary. */
export function details(block: string, summary = 'Show Output'): string {
  return `<details><summary>${summary}</summary>\n\n${block}\n</details>`;
}

/** What a program printed, in a fence, folded away where `fold` says so. */
export function outputBlock(text: string, how: { language?: string; fold: boolean }): string {
  const fenced = fence(text, how.language);
  return how.fold ? details(fenced) : fenced;
}

/** True for what is folded away where folding is on: text with more than 12 line breaks. */
export function isLong(text: string): boolean {
  return (text.match(/\n/g)?.length ?? 0) > 12;
}

/** A code span on one line that nothing in `text` can end. */
export function codeSpan(text: string): string {
  const shown = readable(oneLine(text));
  const run = longestRun(shown);
  if (run === 0) return `\`${shown}\``;
  const ticks = '`'.repeat(run + 1);
  return `${ticks} ${shown} ${ticks}`;
}

/** Text on one line: line breaks are written as `\n`. */
export function oneLine(text: string): string {
  return text.replace(/\r\n?|[\n\u2028\u2029]/g, '\\n').replaceAll('\t', '\\t');
}

/**
 * A sentence of ours with names of others in it, where Markdown is live: HTML, images, mentions and GitLab's quick
 * actions in it do nothing. Emphasis, code spans and links stay.
 */
export function inlineText(text: string): string {
  return readable(text.replace(/\r\n?/g, '\n'))
    .replaceAll('<', '&lt;')
    .replace(/!(?=\[)/g, '!\\')
    .replace(/(?<!\w)@(?=\w)/g, '@\u200b')
    .replace(/^(\s*)\/(?=\w)/gm, '$1\\/');
}

/** The target of a link, with the characters that would end it escaped. */
export function linkTarget(url: string): string {
  return url.replace(/[\s()<>]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}

/** What cannot be seen, or changes the order of what is seen, is written out; what is no character is replaced. */
function readable(text: string): string {
  return text.replace(/\p{Cs}/gu, '\ufffd').replace(hidden, (char) => {
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** Control characters but for tab and line break, and those that turn the direction of text. */
const hidden = /(?![\t\n])[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0);
}
