import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { statusContexts } from './status-contexts.ts';

describe('statusContexts', () => {
  const of = { statusName: 'atlantis', command: 'plan', maxProjects: 25 } as const;
  const project = (dir: string, name = '', workspace = 'default') => ({ name, dir, workspace });

  it('names projects by name, or by folder and workspace', () => {
    const projects = [project('a', 'net'), project('.'), project('b/c', '', 'staging')];
    expect(statusContexts({ ...of, projects })).toEqual({
      combined: 'atlantis/plan',
      projects: ['atlantis/plan: net', 'atlantis/plan: ./default', 'atlantis/plan: b/c/staging'],
    });
  });
  it('starts with the name that the server was given', () => {
    expect(statusContexts({ ...of, statusName: 'terra', command: 'apply', projects: [] }).combined).toBe('terra/apply');
  });
  it('leaves out those of projects above the limit', () => {
    const projects = Array.from({ length: 26 }, (_, index) => project(`p${index}`));
    expect(statusContexts({ ...of, projects }).projects).toBeNull();
    expect(statusContexts({ ...of, projects: projects.slice(1) }).projects).toHaveLength(25);
  });
  it('keeps a name of 255 characters', () => {
    const name = 'é'.repeat(255 - 'atlantis/plan: '.length);
    expect(statusContexts({ ...of, projects: [project('.', name)] }).projects).toEqual([`atlantis/plan: ${name}`]);
  });
  it('ends a longer one in a digest of the whole', () => {
    const whole = `atlantis/plan: ${'x'.repeat(300)}`;
    const digest = createHash('sha256').update(whole).digest('hex').slice(0, 12);
    const [context = ''] = statusContexts({ ...of, projects: [project('.', 'x'.repeat(300))] }).projects ?? [];
    expect(context).toBe(`${whole.slice(0, 242)}-${digest}`);
    expect(context).toHaveLength(255);
  });
});
