import { type CallNode, encodePprof, type Frame } from './call-tree.ts';
import type { Inspector } from './inspector.ts';

type HeapNode = { readonly callFrame: Frame; readonly selfSize: number; readonly children: readonly HeapNode[] };

const sampleEvery = 512 * 1024;

/** Begins to note where memory is allocated, about once every 512 KiB; what was allocated before is not seen. */
export async function startHeapSampling(inspector: Inspector): Promise<void> {
  await inspector.post('HeapProfiler.startSampling', { samplingInterval: sampleEvery });
}

/** What is in use of the memory allocated since sampling began, by allocating function, in pprof's format. */
export async function profileHeap(
  inspector: Inspector,
  options: { collectFirst: boolean; now: () => number },
): Promise<Buffer> {
  if (options.collectFirst) await inspector.post('HeapProfiler.collectGarbage');
  const { profile } = await inspector.post<{ profile: { head: HeapNode } }>('HeapProfiler.getSamplingProfile');
  return encodePprof({
    root: callTree(profile.head),
    units: [{ type: 'inuse_space', unit: 'bytes' }],
    period: sampleEvery,
    periodUnit: { type: 'space', unit: 'bytes' },
    time: options.now(),
    durationMs: 0,
  });
}

function callTree(node: HeapNode): CallNode {
  return { frame: node.callFrame, values: [node.selfSize], children: node.children.map(callTree) };
}
