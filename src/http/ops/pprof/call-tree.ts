import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type FunctionInput, Profile, type SampleInput, StringTable } from 'pprof-format';

/** A function as V8 names it; lines are counted from 0 there. */
export type Frame = { readonly functionName: string; readonly url: string; readonly lineNumber: number };

/** One place in the tree of calls, with what was measured there, in the order of the profile's units. */
export type CallNode = {
  readonly frame: Frame;
  readonly values: readonly number[];
  readonly children: readonly CallNode[];
};

export type Unit = { readonly type: string; readonly unit: string };

export type Measured = {
  readonly root: CallNode;
  /** What the values of a node are. The last one is what a reader shows first. */
  readonly units: readonly Unit[];
  /** How far apart samples were taken, in `periodUnit`. */
  readonly period: number;
  readonly periodUnit: Unit;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly durationMs: number;
};

/**
 * The tree in pprof's format, compressed: what `go tool pprof` reads
 * (https://github.com/google/pprof/blob/main/proto/README.md).
 */
export async function encodePprof(measured: Measured): Promise<Buffer> {
  const strings = new StringTable();
  const places = placeTable(strings);
  const valueType = (unit: Unit) => ({ type: strings.dedup(unit.type), unit: strings.dedup(unit.unit) });
  const profile = new Profile({
    sampleType: measured.units.map(valueType),
    sample: samplesOf(measured.root, places.idOf),
    location: places.functions.map((fn) => ({
      id: fn.id ?? 0,
      line: [{ functionId: fn.id ?? 0, line: fn.startLine ?? 0 }],
    })),
    function: places.functions,
    periodType: valueType(measured.periodUnit),
    period: measured.period,
    timeNanos: BigInt(Math.round(measured.time)) * 1_000_000n,
    durationNanos: BigInt(Math.round(measured.durationMs)) * 1_000_000n,
    defaultSampleType: strings.dedup(measured.units.at(-1)?.type ?? ''),
    stringTable: strings,
  });
  return promisify(gzip)(await profile.encodeAsync());
}

/** Gives each function an id, which is also that of its place: V8 tells the line of the function, not of the call. */
function placeTable(strings: StringTable) {
  const functions: FunctionInput[] = [];
  const ids = new Map<string, number>();
  return {
    functions,
    idOf: ({ functionName, url, lineNumber }: Frame): number => {
      const key = `${functionName}\n${url}\n${lineNumber}`;
      const known = ids.get(key);
      if (known !== undefined) return known;
      const id = functions.length + 1;
      const name = strings.dedup(functionName || '(anonymous)');
      const startLine = Math.max(0, lineNumber + 1);
      functions.push({ id, name, systemName: name, filename: strings.dedup(url.replace(/^file:\/\//, '')), startLine });
      ids.set(key, id);
      return id;
    },
  };
}

/** One sample for each place where something was measured; pprof lists the innermost call first. */
function samplesOf(root: CallNode, idOf: (frame: Frame) => number): SampleInput[] {
  const samples: SampleInput[] = [];
  type Visit = { node: CallNode; stack: readonly number[] };
  const waiting: Visit[] = root.children.map((node) => ({ node, stack: [] }));
  if (root.values.some((value) => value > 0)) samples.push({ locationId: [idOf(root.frame)], value: [...root.values] });
  for (let visit = waiting.pop(); visit !== undefined; visit = waiting.pop()) {
    const { node } = visit;
    const stack = [idOf(node.frame), ...visit.stack];
    if (node.values.some((value) => value > 0)) samples.push({ locationId: stack, value: [...node.values] });
    waiting.push(...node.children.map((child) => ({ node: child, stack })));
  }
  return samples;
}
