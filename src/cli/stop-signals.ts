import type { CliContext } from './context.ts';
import type { StopSignal } from './exit-codes.ts';

/** The first SIGINT or SIGTERM asks to end in order, the second one to end at once; further ones change nothing. */
export type Signals = {
  readonly first: Promise<StopSignal>;
  readonly second: Promise<StopSignal>;
  readonly release: () => void;
};

/** Listens until `release` is called. */
export function catchSignals(source: CliContext['signals']): Signals {
  const waiting: ((signal: StopSignal) => void)[] = [];
  const next = () => new Promise<StopSignal>((resolve) => waiting.push(resolve));
  const [first, second] = [next(), next()];
  const onInterrupt = () => waiting.shift()?.('SIGINT');
  const onTerminate = () => waiting.shift()?.('SIGTERM');
  source.on('SIGINT', onInterrupt);
  source.on('SIGTERM', onTerminate);
  const release = () => {
    source.off('SIGINT', onInterrupt);
    source.off('SIGTERM', onTerminate);
  };
  return { first, second, release };
}
