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
  it('puts extra arguments behind ours, and the variables file behind them', () => {
    expect(
      planArgs({ planFile: '/p/x.tfplan', extraArgs: ['-var', 'v=two words'], varFile: '/p/env/a.tfvars' }),
    ).toEqual({
      kind: 'args',
      args: [
        ...['plan', '-input=false', '-refresh', '-out', '/p/x.tfplan', '-detailed-exitcode'],
        ...['-var', 'v=two words', '-var-file', '/p/env/a.tfvars'],
      ],
    });
  });
  it.each(['-detailed-exitcode=false', '--detailed-exitcode'])('lets %s change nothing', (arg) => {
    expect(planArgs({ planFile: '/p', extraArgs: [arg] })).toEqual(planArgs({ planFile: '/p' }));
  });
  it('leaves a flag of which nothing is known to the engine, with nothing behind it', () => {
    const given = planArgs({ planFile: '/p', extraArgs: ['-destory'] });
    expect(given.kind === 'args' ? given.args.at(-1) : given).toBe('-destory');
  });
  it.each(['-out', '-out=a', '--out=a'])('refuses %s', (arg) => {
    expect(planArgs({ planFile: '/p', extraArgs: [arg] })).toMatchObject({ kind: 'refused' });
  });
});

describe('applyArgs', () => {
  it('applies the plan file', () => {
    expect(applyArgs({ planFile: '/p/x.tfplan', extraArgs: ['-parallelism=2'], executableName: 'atlantis' })).toEqual({
      kind: 'args',
      args: ['apply', '-input=false', '-parallelism=2', '/p/x.tfplan'],
    });
  });
  it.each(['-target', '-target=a', '--target=a'])('refuses %s', (arg) => {
    expect(applyArgs({ planFile: '/p', extraArgs: [arg], executableName: 'infra' })).toEqual({
      kind: 'refused',
      message:
        'cannot run apply with -target because we are applying an already generated plan. Instead, run -target with infra plan',
    });
  });
});

describe('importArgs', () => {
  it('names address and id last', () => {
    expect(importArgs({ address: 'a.b["x"]', id: 'id 1', extraArgs: ['-var', 'v=1'] })).toEqual({
      kind: 'args',
      args: ['import', '-var', 'v=1', 'a.b["x"]', 'id 1'],
    });
  });
});

describe('stateRmArgs', () => {
  it('names the addresses last', () => {
    expect(stateRmArgs({ addresses: ['a.b', 'c.d'], extraArgs: ['-lock=false'] })).toEqual({
      kind: 'args',
      args: ['state', 'rm', '-lock=false', 'a.b', 'c.d'],
    });
  });
});

describe('extra arguments', () => {
  const commands = {
    plan: (extraArgs: string[]) => planArgs({ planFile: '/p/x.tfplan', extraArgs }),
    apply: (extraArgs: string[]) => applyArgs({ planFile: '/p/x.tfplan', extraArgs, executableName: 'atlantis' }),
    import: (extraArgs: string[]) => importArgs({ address: 'a.b', id: '1', extraArgs }),
    'state rm': (extraArgs: string[]) => stateRmArgs({ addresses: ['a.b', 'c.d'], extraArgs }),
  };
  it.each(Object.entries(commands))('are refused for %s where they would take ours for their value', (name, argsOf) => {
    for (const last of ['-var', '--lock-timeout', '-target-file', '--', '---x', '-parallelism']) {
      expect(argsOf(['-auto-approve', last])).toEqual({
        kind: 'refused',
        message: `cannot run ${name} with ${last} at the end because it needs a value: write ${last}=<value>`,
      });
    }
  });
  it.each(['apply', 'import', 'state rm'] as const)('are refused for %s where they may take ours', (name) => {
    const message = `cannot run ${name} with -made-up at the end because it is not known to take no value: write -made-up=<value>`;
    expect(commands[name](['-made-up'])).toEqual({ kind: 'refused', message });
  });
  it.each(Object.values(commands))('pass with their value, as do switches and words', (argsOf) => {
    for (const extra of [
      ['-var', 'v=1'],
      ['-lock-timeout', '5s'],
      ['-var=v'],
      ['-json'],
      ['--lock'],
      ['-'],
      [';', 'id'],
    ]) {
      expect(argsOf(extra).kind).toBe('args');
    }
  });
  it.each(Object.entries(commands))('are refused for %s where the engine would only print a text', (name, argsOf) => {
    for (const text of ['-h', '-help', '--help', '-v', '-version', '--version']) {
      const refused = { kind: 'refused', message: `cannot run ${name} with ${text} because it would do nothing else` };
      expect(argsOf(['-var', text, '-json'])).toEqual(refused);
    }
  });
  it.each(Object.entries(commands))('are refused for %s where they show secrets', (name, argsOf) => {
    for (const extra of ['-show-sensitive', '--show-sensitive=true']) {
      const why = 'because whoever reads the comments would see what is secret';
      const message = `cannot run ${name} with ${extra.split('=')[0]} ${why}`;
      expect(argsOf([extra, '-json'])).toEqual({ kind: 'refused', message });
    }
  });
  it.each(Object.entries(commands))('are refused for %s where they name a state', (name, argsOf) => {
    for (const [first, ...rest] of [['-state=x'], ['--state-out', 'x'], ['-backup'], ['-backup=-', '-json']]) {
      const shown = first?.split('=')[0];
      const why = 'because states are kept where the next command looks for them';
      const refused = { kind: 'refused', message: `cannot run ${name} with ${shown} ${why}` };
      expect(argsOf([first ?? '', ...rest])).toEqual(refused);
    }
  });
  it.each(['/etc/passwd', '../x', 'a/../../x', '..'])('are refused where they name the file %s', (path) => {
    for (const flag of ['-generate-config-out', '--target-file', '-exclude-file', '-config', '-json-into']) {
      for (const extra of [[`${flag}=${path}`], [flag, path]]) {
        expect(commands.plan(extra)).toMatchObject({ message: expect.stringContaining(`a ${flag} that leads out of`) });
      }
    }
    expect(commands.plan(['-generate-config-out', 'made/../made.tf']).kind).toBe('args');
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
