import { describe, expect, it } from 'vitest';
import { checkVarFiles } from './var-files.ts';

describe('checkVarFiles', () => {
  const rules = { allowlist: ['/data', '/etc/tfvars/'], except: '/data/polder' };

  it.each([
    [[]],
    [['-target=a.b', '-var', 'x=/etc/passwd']],
    [['-var-file=a.tfvars']],
    [['-var-file', 'a/../b.tfvars']],
    [['--var-file=./..a.tfvars']],
    [['-var-file=/data/x.tfvars']],
    [['-var-file=/data/..x/y']],
    [['-var-file=/data/polder.tfvars']],
    [['-var-file', '/etc/tfvars/a/b']],
    [['-var-file=/etc/../data/x']],
    [['-var-file']],
  ])('has nothing against %j', (extraArgs) => {
    expect(checkVarFiles(extraArgs, rules)).toBeUndefined();
  });

  it.each([
    [['-var-file=/etc/passwd'], '/etc/passwd'],
    [['-var-file', '/etc/passwd'], '/etc/passwd'],
    [['--var-file=/etc/passwd'], '/etc/passwd'],
    [['--var-file', '/etc/passwd'], '/etc/passwd'],
    [['-var-file=/etc/a=b'], '/etc/a=b'],
    [['-var-file=../x'], '../x'],
    [['-var-file=a/../../x'], 'a/../../x'],
    [['-var-file=..'], '..'],
    [['-var-file=~/x'], '~/x'],
    [['-var-file=/database'], '/database'],
    [['-var-file=/etc'], '/etc'],
    [['-var-file=/data/polder/polder.db'], '/data/polder/polder.db'],
    [['-var-file=/data/x/../polder/jobs/1'], '/data/x/../polder/jobs/1'],
    [['-var-file=/data/../etc/passwd'], '/data/../etc/passwd'],
    [['-var-file=ok', '-x', '-var-file', '/etc/x'], '/etc/x'],
    // Terraform might take the second for a value; nobody needs to write that.
    [['-var', '-var-file=/etc/x'], '/etc/x'],
    [['-var-file', '-var-file=/etc/x'], '/etc/x'],
  ])('refuses %j', (extraArgs, path) => {
    expect(checkVarFiles(extraArgs, rules)).toBe(
      `\`\`\`\nvar file path ${path} is not allowed by the current allowlist: [/data, /etc/tfvars/]\n\`\`\``,
    );
  });

  it('allows nothing outside where no folder is listed', () => {
    const answers = [[], ['', 'x', '.']].map((allowlist) => checkVarFiles(['-var-file=/x'], { ...rules, allowlist }));
    expect(answers).toEqual([expect.stringContaining('[]'), expect.stringContaining('[, x, .]')]);
  });
});
