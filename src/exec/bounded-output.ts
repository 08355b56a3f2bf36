/** Collects output in bounded memory: the beginning and the end are kept, the middle goes. */
export type BoundedOutput = {
  add(chunk: Buffer): void;
  text(): string;
  truncated(): boolean;
};

export function createBoundedOutput(maxBytes: number): BoundedOutput {
  const headLimit = Math.ceil(maxBytes / 2);
  const tailLimit = maxBytes - headLimit;
  const head: Buffer[] = [];
  let tail: Buffer[] = [];
  let headBytes = 0;
  let tailBytes = 0;
  let lostBytes = 0;

  const compact = (): void => {
    const whole = Buffer.concat(tail);
    const kept = whole.subarray(Math.max(0, whole.length - tailLimit));
    lostBytes += whole.length - kept.length;
    // A copy, so that the large buffer behind the slice can go.
    tail = [Buffer.from(kept)];
    tailBytes = kept.length;
  };

  return {
    add(chunk) {
      const toHead = chunk.subarray(0, headLimit - headBytes);
      if (toHead.length > 0) head.push(toHead);
      headBytes += toHead.length;
      if (toHead.length === chunk.length) return;
      tail.push(chunk.subarray(toHead.length));
      tailBytes += chunk.length - toHead.length;
      if (tailBytes > 2 * tailLimit + 65_536) compact();
    },
    text() {
      if (tailBytes > tailLimit) compact();
      if (lostBytes === 0) return Buffer.concat([...head, ...tail]).toString('utf8');
      return joinHeadAndTail(Buffer.concat(head).toString('utf8'), lostBytes, Buffer.concat(tail).toString('utf8'));
    },
    truncated: () => lostBytes > 0 || tailBytes > tailLimit,
  };
}

/** The two ends of a long text with a line between them that says what is missing. */
export function joinHeadAndTail(head: string, lostBytes: number, tail: string): string {
  return `${head}\n${cutNotice(lostBytes)}\n${tail}`;
}

/** The line that stands for output that was left out. */
export function cutNotice(lostBytes: number): string {
  return `[... ${lostBytes} bytes of output left out ...]`;
}
