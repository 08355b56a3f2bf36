import type { Inspector } from './inspector.ts';
import { passTime } from './pass-time.ts';

const categories = ['v8', 'node', 'node.async_hooks', 'node.perf', 'node.fs.async', 'node.threadpoolwork.async'];

/**
 * The engine's trace events of the next `seconds`, in the JSON form that https://ui.perfetto.dev and `chrome://tracing`
 * open. A Go execution trace, which `go tool trace` wants, does not exist for Node.
 */
export async function traceEvents(
  inspector: Inspector,
  options: { seconds: number; signal: AbortSignal },
): Promise<string> {
  const events: unknown[] = [];
  const stopCollecting = inspector.on('NodeTracing.dataCollected', (params) => {
    events.push(...(params as { value: unknown[] }).value);
  });
  try {
    const complete = new Promise<void>((resolve) => {
      const stop = inspector.on('NodeTracing.tracingComplete', () => {
        stop();
        resolve();
      });
    });
    await inspector.post('NodeTracing.start', { traceConfig: { includedCategories: categories } });
    await passTime(options.seconds, options.signal);
    await inspector.post('NodeTracing.stop');
    await complete;
    return JSON.stringify({ traceEvents: events });
  } finally {
    stopCollecting();
  }
}
