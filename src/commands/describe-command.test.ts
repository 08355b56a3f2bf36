import { describe, expect, it } from 'vitest';
import { describeCommand } from './describe-command.ts';

describe('describeCommand', () => {
  const rows: [name: string, dir: string, workspace: string, text: string][] = [
    ['', '.', 'default', 'atlantis plan -d .'],
    ['', '.', 'staging', 'atlantis plan -w staging'],
    ['', 'a/b', 'default', 'atlantis plan -d a/b'],
    ['', 'a/b', 'staging', 'atlantis plan -d a/b -w staging'],
    ['net', 'a/b', 'staging', 'atlantis plan -p net'],
    ['', 'my dir', 'default', 'atlantis plan -d "my dir"'],
    ['', 'my dir', 'w', 'atlantis plan -d "my dir" -w w'],
    ['', 'a"b', 'default', String.raw`atlantis plan -d "a\"b"`],
    ['', "a'b", 'default', `atlantis plan -d "a'b"`],
  ];
  it.each(rows)('names project %j in %j, workspace %j', (...[name, dir, workspace, text]) => {
    expect(describeCommand('atlantis', { kind: 'plan', extraArgs: [] }, { name, dir, workspace })).toBe(text);
  });

  const root = { name: '', dir: '.', workspace: 'default' };
  it('names the command and the executable', () => {
    expect(describeCommand('polder', { kind: 'apply', extraArgs: [] }, root)).toBe('polder apply -d .');
  });
  it('repeats what is imported', () => {
    const command = { kind: 'import', address: 'a.b["x y"]', id: 'id-1', extraArgs: [] } as const;
    expect(describeCommand('atlantis', command, root)).toBe(String.raw`atlantis import "a.b[\"x y\"]" id-1 -d .`);
  });
  it('repeats what leaves the state', () => {
    const command = { kind: 'state_rm', addresses: ['a.b', 'c.d'], extraArgs: ['-lock=false'] } as const;
    expect(describeCommand('atlantis', command, root)).toBe('atlantis state rm a.b c.d -d . -- -lock=false');
  });
  it('repeats extra arguments', () => {
    const extraArgs = ['-var', 'v=hello', '-target=a.b'];
    expect(describeCommand('atlantis', { kind: 'plan', extraArgs }, root)).toBe(
      'atlantis plan -d . -- -var v=hello -target=a.b',
    );
  });
  it('keeps extra arguments with blanks in one piece', () => {
    const extraArgs = ['-var', 'v=two words', ''];
    expect(describeCommand('atlantis', { kind: 'plan', extraArgs }, root)).toBe(
      'atlantis plan -d . -- -var "v=two words" ""',
    );
  });
});
