import type { ChangeCounts } from './types.ts';

/**
 * Control sequences (ECMA-48: CSI and OSC) and two-character escapes. The engines write them unless `-no-color` is
 * given; but then they also draw errors without a frame, which people's eyes and scripts look for.
 */
const escapes = new RegExp(
  ['\\[[0-?]*[ -/]*[@-~]', '\\][^\u0007\u001B]*(?:\u0007|\u001B\\\\)', '[0-Z\\\\^-~]']
    .map((end) => `\u001B${end}`)
    .join('|'),
  'g',
);

/** The text without colours and other terminal control. A sequence must not be cut: give it whole lines. */
export function stripAnsi(text: string): string {
  return text.includes('\u001B') ? text.replace(escapes, '') : text;
}

/**
 * What people are shown of a plan's output, as Atlantis shows it: without progress (everything up to the last line that
 * tells of a refresh), and with the change markers `+`, `~` and `-` of the outermost level in the first column, where
 * Markdown's `diff` highlighting looks for them. Unlike there, the progress line of a state with one resource goes too,
 * and only lines above the plan are progress: a value that looks like one must not hide what is planned, nor does it
 * with `-json`, whose lines are objects.
 */
export function planOutput(text: string): string {
  const plain = stripAnsi(text);
  const begin = plain.search(planBegins);
  const progress = (begin === -1 ? plain : plain.slice(0, begin)).matchAll(/^[^\s{].*: Refreshing state\.\.\..*\n?/gm);
  const last = [...progress].at(-1);
  const shown = last ? plain.slice(last.index + last[0].length) : plain;
  return shown.replace(/^ {2}([+~-])/gm, '$1');
}

/** The first line of a plan, or of what is wrong: from there on anybody's text may follow. */
const planBegins =
  /^(?:[ │╷]|(?:Terraform|OpenTofu) (?:used|will|planned|detected)|An execution plan|Note: |No changes|Changes to Outputs|Error: |Warning: )/m;

const noCounts: ChangeCounts = { add: 0, change: 0, destroy: 0, import: 0, forget: 0 };

/**
 * The counts that a plan announces; several announcements (a `run` step may plan twice) are added up. Null when the
 * text has none: it is not the output of a plan, or of a later version that says it differently.
 */
export function planSummary(text: string): ChangeCounts | null {
  const plain = stripAnsi(text);
  const lines = plain.match(/^Plan: .*$/gm);
  if (lines) return lines.map((line) => counts(line, /(\d+) to (import|add|change|destroy|forget)/g)).reduce(sum);
  const unchanged = /^(No changes\.|You can apply this plan to save these new output values)/m;
  return unchanged.test(plain) ? noCounts : null;
}

/** The counts that an apply ends with, or null when it did not get that far. */
export function applySummary(text: string): ChangeCounts | null {
  const line = stripAnsi(text)
    .match(/^(Apply|Destroy) complete! Resources: .*$/gm)
    ?.at(-1);
  return line ? counts(line, /(\d+) (imported|added|changed|destroyed|forgotten)/g) : null;
}

/**
 * Whether an apply has changed something before it ended, or was told that the state had changed before it: from then on
 * its plan is of no use (`Saved plan is stale`).
 */
export function changesBegun(text: string): boolean {
  const done = /^\S.*: (Creation|Modifications|Destruction|Import|Removal) complete|: Provisioning with /m;
  return done.test(text) || /Saved plan is stale/i.test(text);
}

const fields: Readonly<Record<string, keyof ChangeCounts>> = {
  imported: 'import',
  added: 'add',
  changed: 'change',
  destroyed: 'destroy',
  forgotten: 'forget',
};

function counts(line: string, pattern: RegExp): ChangeCounts {
  const found = [...line.matchAll(pattern)].map(
    ([, count, word = '']) => [fields[word] ?? word, Number(count)] as const,
  );
  return { ...noCounts, ...Object.fromEntries(found) };
}

function sum(one: ChangeCounts, other: ChangeCounts): ChangeCounts {
  return {
    add: one.add + other.add,
    change: one.change + other.change,
    destroy: one.destroy + other.destroy,
    import: one.import + other.import,
    forget: one.forget + other.forget,
  };
}
