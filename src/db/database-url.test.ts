import { describe, expect, it } from 'vitest';
import { withoutPassword } from './database-url.ts';

describe('withoutPassword', () => {
  it.each([
    ['postgres://polder:hunter2@db:5432/polder', 'postgres://polder:***@db:5432/polder'],
    ['postgres://polder:hun@ter2@db/polder', 'postgres://polder:***@db/polder'],
    ['postgres://polder:hun/ter?2@db/polder', 'postgres://polder:***@db/polder'],
    [
      'postgres://db/polder?user=polder&password=hunter2&ssl=true',
      'postgres://db/polder?user=polder&password=***&ssl=true',
    ],
    ['postgres://polder@db/polder', 'postgres://polder@db/polder'],
    ['sqlite:/var/lib/polder.db', 'sqlite:/var/lib/polder.db'],
  ])('%s', (url, shown) => {
    expect(withoutPassword(url)).toBe(shown);
  });
});
