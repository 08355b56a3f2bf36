import { type CallNode, encodePprof, type Frame } from './call-tree.ts';
import type { Inspector } from './inspector.ts';
import { passTime } from './pass-time.ts';

type CpuProfile = {
  readonly nodes: readonly { readonly id: number; readonly callFrame: Frame; readonly children?: readonly number[] }[];
  /** Microseconds. */
  readonly startTime: number;
  readonly endTime: number;
  /** Ids of the nodes that were running, one a sample. */
  readonly samples: readonly number[];
  /** Microseconds since the sample before. */
  readonly timeDeltas: readonly number[];
};

const intervalMicros = 1000;

/** What this process computed during the next `seconds`, in pprof's format. Ends early when `signal` aborts. */
export async function profileCpu(
  inspector: Inspector,
  options: { seconds: number; signal: AbortSignal; now: () => number },
): Promise<Buffer> {
  const time = options.now();
  await inspector.post('Profiler.enable');
  try {
    await inspector.post('Profiler.setSamplingInterval', { interval: intervalMicros });
    await inspector.post('Profiler.start');
    await passTime(options.seconds, options.signal);
    const { profile } = await inspector.post<{ profile: CpuProfile }>('Profiler.stop');
    return await encodePprof({
      root: callTree(profile),
      units: [
        { type: 'samples', unit: 'count' },
        { type: 'cpu', unit: 'nanoseconds' },
      ],
      period: intervalMicros * 1000,
      periodUnit: { type: 'cpu', unit: 'nanoseconds' },
      time,
      durationMs: (profile.endTime - profile.startTime) / 1000,
    });
  } finally {
    await inspector.post('Profiler.disable');
  }
}

/**
 * The tree with, at each node, how often it was found running and the time from there to the next look. Waiting is not
 * computing, so `(idle)` is left out.
 */
function callTree(profile: CpuProfile): CallNode {
  const measured = new Map<number, { samples: number; nanoseconds: number }>();
  profile.samples.forEach((nodeId, index) => {
    const before = measured.get(nodeId) ?? { samples: 0, nanoseconds: 0 };
    const passed = Math.max(0, profile.timeDeltas[index + 1] ?? 0) * 1000;
    measured.set(nodeId, { samples: before.samples + 1, nanoseconds: before.nanoseconds + passed });
  });
  const byId = new Map(profile.nodes.map((node) => [node.id, node]));
  const build = (id: number): CallNode[] => {
    const node = byId.get(id);
    if (node === undefined || node.callFrame.functionName === '(idle)') return [];
    const { samples, nanoseconds } = measured.get(id) ?? { samples: 0, nanoseconds: 0 };
    const children = (node.children ?? []).flatMap(build);
    return [{ frame: node.callFrame, values: [samples, nanoseconds], children }];
  };
  const [root] = build(profile.nodes[0]?.id ?? 0);
  return root ?? { frame: { functionName: '(root)', url: '', lineNumber: -1 }, values: [0, 0], children: [] };
}
