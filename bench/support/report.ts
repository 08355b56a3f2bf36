import { loadavg } from 'node:os';

export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** The smallest value that at least `percent` of all are not above. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
}

export function row(label: string, text: string): void {
  console.log(`${label.padEnd(44)} ${text}`);
}

/** What else the machine does, without which no time here means anything. */
export function showLoad(): void {
  row(
    'load average of the machine',
    loadavg()
      .map((load) => load.toFixed(1))
      .join(', '),
  );
}

/** One figure against its limit. A figure above it makes the program end with 1. */
export function judge(figure: { label: string; value: number; limit: number; unit: string; digits?: number }): void {
  const { label, value, limit, unit, digits = 0 } = figure;
  const good = value <= limit;
  row(label, `${value.toFixed(digits)}${unit}, at most ${limit}${unit}: ${good ? 'PASS' : 'OVER THE LIMIT'}`);
  if (!good) process.exitCode = 1;
}
