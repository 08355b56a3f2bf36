import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBoundedOutput, joinHeadAndTail } from './bounded-output.ts';

describe('createBoundedOutput', () => {
  it('gives the head and the tail of what was added, however it was cut into chunks', () => {
    const chunks = fc.array(fc.string({ maxLength: 30 }));
    fc.assert(
      fc.property(chunks, fc.integer({ min: 0, max: 100 }), (parts, maxBytes) => {
        const output = createBoundedOutput(maxBytes);
        for (const part of parts) output.add(Buffer.from(part, 'latin1'));
        expect(output.text()).toBe(ends(parts.join(''), maxBytes));
        expect(output.truncated()).toBe(parts.join('').length > maxBytes);
      }),
    );
  });

  it('holds no more than a bounded amount while it collects', () => {
    const output = createBoundedOutput(1_000);
    const chunk = Buffer.alloc(65_536, 'x');
    const before = process.memoryUsage().arrayBuffers;
    for (let index = 0; index < 10_000; index += 1) output.add(Buffer.from(chunk));
    output.text();
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100 * 65_536 * 10);
    expect(output.text().length).toBeLessThan(1_100);
  });
});

function ends(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text, 'latin1');
  if (bytes.length <= maxBytes) return bytes.toString();
  const head = bytes.subarray(0, Math.ceil(maxBytes / 2));
  const tail = bytes.subarray(bytes.length - Math.floor(maxBytes / 2));
  return joinHeadAndTail(head.toString(), bytes.length - maxBytes, tail.toString());
}
