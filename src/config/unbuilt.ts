import type { OptionRows } from './option.ts';

/** One sentence for each option that asks for a protection this version does not give. The server must not start. */
export function refuseUnbuilt(rows: OptionRows, changed: ReadonlySet<string>): string[] {
  return Object.entries(rows).flatMap(([name, row]) =>
    row.status === 'protects' && changed.has(name)
      ? [
          `--${name} protects something, and this version does not enforce it yet: ${row.why}. Remove it to start without`,
        ]
      : [],
  );
}

/** One warning about everything that is set and has no effect, or none. */
export function warnUnbuilt(rows: OptionRows, changed: ReadonlySet<string>, hasWebhooks: boolean): string[] {
  const reasons = new Map<string, string[]>();
  if (hasWebhooks) reasons.set('outgoing notifications are not sent yet', ['webhooks (in the configuration file)']);
  for (const [name, row] of Object.entries(rows)) {
    if (row.status !== 'later' || !changed.has(name)) continue;
    reasons.set(row.why, [...(reasons.get(row.why) ?? []), `--${name}`]);
  }
  if (reasons.size === 0) return [];
  const parts = [...reasons].map(([why, names]) => `${names.join(', ')} (${why})`);
  return [`accepted, but without effect in this version: ${parts.join('; ')}`];
}
