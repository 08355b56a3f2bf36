import { describe, expect, it } from 'vitest';
import { renderSummary, type SummaryProject } from './render-summary.ts';

const flavour = { folding: true, requestName: 'Pull Request', pullSign: '#' } as const;
const project = (dir: string, status: SummaryProject['status'], name = '') => ({
  name,
  dir,
  workspace: 'default',
  status,
});
const rendered = (projects: readonly SummaryProject[], maxLength = 65_536) =>
  renderSummary({ projects, headSha: '0123456789abcdef', flavour, maxLength });

describe('renderSummary', () => {
  it('has a row for each project', () => {
    expect(rendered([project('net', 'applied'), project('app', 'planned', 'shop')])).toBe(
      [
        '**Where this Pull Request stands** at `0123456`',
        '',
        '| Project | |',
        '| --- | --- |',
        '| dir: `net` workspace: `default` | :heavy_check_mark: applied |',
        '| project: `shop` dir: `app` workspace: `default` | :hourglass: planned, waits to be applied |',
      ].join('\n'),
    );
  });

  it('says so when nothing is touched', () => {
    expect(rendered([])).toBe('**Where this Pull Request stands** at `0123456`\n\nIt touches no project.');
  });

  it('counts when the rows do not fit', () => {
    const many = Array.from({ length: 100 }, (_, index) =>
      project(`d${index}`, index < 3 ? 'plan_errored' : 'planned'),
    );
    expect(rendered(many, 1000)).toBe(
      '**Where this Pull Request stands** at `0123456`\n\n' +
        '- 97 :hourglass: planned, waits to be applied\n- 3 :x: plan failed',
    );
  });

  it('keeps its table whole whatever a folder is called', () => {
    expect(rendered([project('a|b`c', 'applied')])).toContain(String.raw`dir: ${'``'} a\|b${'`'}c ${'``'} workspace`);
  });
});
