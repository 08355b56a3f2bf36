import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { renderErrorsMarkdown } from './render-errors.ts';

describe('renderErrorsMarkdown', () => {
  it('is what docs/errors.md holds', () => {
    const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');
    expect(page).toBe(renderErrorsMarkdown());
  });
});
