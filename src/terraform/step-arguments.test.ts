import { describe, expect, it } from 'vitest';
import { applyArgs, describeRun, importArgs, initArgs, planArgs, showArgs, stateRmArgs } from './step-arguments.ts';

describe('initArgs', () => {
  it.each([
    [{ upgrade: false }, ['init', '-input=false']],
    [{ upgrade: true, extraArgs: ['-backend=false'] }, ['init', '-input=false', '-upgrade', '-backend=false']],
    [{ upgrade: true, extraArgs: ['--upgrade=false', '-input=true'] }, ['init', '--upgrade=false', '-input=true']],
  ])('%j', (options, expected) => {
    expect(initArgs(options)).toEqual(expected);
  });
});

describe('planArgs', () => {
  it('puts extra arguments behind the plan file, then the variables file, and last what nobody may switch off', () => {
    expect(
      planArgs({ planFile: '/p/x.tfplan', extraArgs: ['-var', 'v=two words'], varFile: '/p/env/a.tfvars' }),
    ).toEqual({
      kind: 'args',
      args: [
        ...['plan', '-input=false', '-refresh', '-out', '/p/x.tfplan'],
        ...['-var', 'v=two words', '-var-file', '/p/env/a.tfvars', '-detailed-exitcode'],
      ],
    });
  });
  it.each(['-out', '-out=a', '--out=a'])('refuses %s', (arg) => {
    expect(planArgs({ planFile: '/p', extraArgs: [arg] })).toMatchObject({ kind: 'refused' });
  });
});

describe('applyArgs', () => {
  it('applies the plan file', () => {
    expect(applyArgs({ planFile: '/p/x.tfplan', extraArgs: ['-parallelism=2'] })).toEqual({
      kind: 'args',
      args: ['apply', '-input=false', '-parallelism=2', '/p/x.tfplan'],
    });
  });
  it.each(['-target', '-target=a', '--target=a'])('refuses %s', (arg) => {
    expect(applyArgs({ planFile: '/p', extraArgs: [arg] })).toMatchObject({ kind: 'refused' });
  });
});

describe('importArgs', () => {
  it('names address and id last', () => {
    expect(importArgs({ address: 'a.b["x"]', id: 'id 1', extraArgs: ['-var', 'v=1'] })).toEqual([
      ...['import', '-var', 'v=1', 'a.b["x"]', 'id 1'],
    ]);
  });
});

describe('stateRmArgs', () => {
  it('names the addresses last', () => {
    expect(stateRmArgs({ addresses: ['a.b', 'c.d'], extraArgs: ['-lock=false'] })).toEqual([
      ...['state', 'rm', '-lock=false', 'a.b', 'c.d'],
    ]);
  });
});

describe('showArgs', () => {
  it('asks for JSON', () => {
    expect(showArgs('/p/x.tfplan')).toEqual(['show', '-json', '/p/x.tfplan']);
  });
});

describe('describeRun', () => {
  it('names the command as people would type it', () => {
    const engine = { binary: '/usr/bin/terraform', distribution: 'terraform', version: '1.11.4' } as const;
    const plan = planArgs({ planFile: '/d/b/default.tfplan', extraArgs: ['-var', 'v=two words'] });
    const args = plan.kind === 'args' ? plan.args : [];
    expect(describeRun({ engine, args, cwd: '/d/b' }, 'exit status 1')).toBe(
      "running '/usr/bin/terraform plan -input=false -refresh -out /d/b/default.tfplan -var v=two words' in '/d/b': exit status 1",
    );
  });
});
