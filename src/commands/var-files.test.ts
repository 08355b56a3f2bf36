import { describe, expect, it } from 'vitest';
import { checkVarFiles } from './var-files.ts';

describe('checkVarFiles', () => {
  const allowlist = ['/data', '/etc/tfvars/'];

  it.each([
    [[]],
    [['-target=a.b', '-var', 'x=/etc/passwd']],
    [['-var-file=a.tfvars']],
    [['-var-file', 'a/../b.tfvars']],
    [['--var-file=./..a.tfvars']],
    [['-var-file=/data/x.tfvars']],
    [['-var-file=/data/..x/y']],
    [['-var-file', '/etc/tfvars/a/b']],
    [['-var-file=/etc/../data/x']],
    [['-var-file']],
  ])('has nothing against %j', (extraArgs) => {
    expect(checkVarFiles(extraArgs, allowlist)).toBeUndefined();
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
    [['-var-file=/data/../etc/passwd'], '/data/../etc/passwd'],
    [['-var-file=ok', '-x', '-var-file', '/etc/x'], '/etc/x'],
    // Terraform might take the second for a value; nobody needs to write that.
    [['-var', '-var-file=/etc/x'], '/etc/x'],
    [['-var-file', '-var-file=/etc/x'], '/etc/x'],
  ])('refuses %j', (extraArgs, path) => {
    expect(checkVarFiles(extraArgs, allowlist)).toBe(
      `\`\`\`\nvar file path ${path} is not allowed by the current allowlist: [/data, /etc/tfvars/]\n\`\`\``,
    );
  });

  it('allows nothing outside where no folder is listed', () => {
    expect([checkVarFiles(['-var-file=/x'], []), checkVarFiles(['-var-file=/x'], ['', 'x', '.'])]).toEqual([
      expect.stringContaining('[]'),
      expect.stringContaining('[, x, .]'),
    ]);
  });
});
