import { describe, expect, it } from 'vitest';
import { isSuperseded, superseded } from './superseded.ts';

describe('superseded', () => {
  it.each([
    ['Ran Plan for dir: `.`', 'Plan'],
    ['Ran policy check for 2 projects', 'Policy check'],
    ['Continued Apply output from previous comment.', 'Apply'],
    ['something else', 'Comment'],
  ])('folds away %j as %s', (body, title) => {
    expect(superseded(body)).toBe(
      `<!--- +-Superseded Command-+ ---><details><summary>Superseded Atlantis ${title}</summary>\n${body}\n</details>`,
    );
  });

  it('cuts the text to the length that the host takes', () => {
    const folded = superseded('x'.repeat(500), 200);
    expect(folded).toHaveLength(200);
    expect(folded).toMatch(/x\n<\/details>$/);
  });

  it('is recognised', () => {
    expect(isSuperseded(superseded('Ran Plan'))).toBe(true);
    expect(isSuperseded('Ran Plan')).toBe(false);
  });
});
