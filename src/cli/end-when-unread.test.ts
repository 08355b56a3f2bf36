import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { endWhenUnread } from './end-when-unread.ts';

function watched() {
  const output = new EventEmitter();
  const ends: string[] = [];
  endWhenUnread(output, () => void ends.push('ended'));
  return { ends, fail: (code: string) => output.emit('error', Object.assign(new Error(code), { code })) };
}

describe('endWhenUnread', () => {
  it('ends once, however often a write fails', () => {
    const { ends, fail } = watched();
    fail('EPIPE');
    fail('EPIPE');
    expect(ends).toEqual(['ended']);
  });

  it('lets other faults of the output be told', () => {
    const { ends, fail } = watched();
    expect(() => fail('EIO')).toThrow('EIO');
    expect(ends).toEqual([]);
  });
});
