import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { onPath } from '../support/find-programs.ts';
import { polderProgram } from '../support/server.ts';
import { temporaryDir } from '../support/temp.ts';

describe('polder quickstart', () => {
  it('plans, applies and shows the environments, and leaves nothing behind', async () => {
    const dir = await temporaryDir();
    const ended = await runQuickstart({ PATH: process.env.PATH ?? '', TMPDIR: dir });
    expect(ended).toMatchObject({ code: 0, errors: '' });
    const environments = ended.output.slice(ended.output.indexOf('== environments'));
    for (const name of ['network-staging', 'network-production', 'app-staging', 'app-production']) {
      expect(environments).toMatch(new RegExp(`${name} +available`));
    }
    expect(ended.output).toContain('app-production: applied: 3 add, 0 change, 0 destroy');
    expect(readdirSync(dir)).toEqual([]);
  });

  it('takes the OpenTofu that npm carries where there is no other engine', async () => {
    const dir = await temporaryDir();
    const ended = await runQuickstart({ PATH: barePath(join(dir, 'bin')), TMPDIR: dir });
    expect(ended).toMatchObject({ code: 0, errors: '' });
    expect(ended.output).toContain('Engine: OpenTofu of the npm package');
  });
});

/** A PATH with node and git and nothing else. */
function barePath(bin: string): string {
  mkdirSync(bin, { recursive: true });
  symlinkSync(process.execPath, join(bin, 'node'));
  const git = onPath('git');
  if (git) symlinkSync(git, join(bin, 'git'));
  return bin;
}

async function runQuickstart(
  env: Record<string, string>,
): Promise<{ code: number | null; output: string; errors: string }> {
  const child = spawn(process.execPath, [polderProgram, 'quickstart', '--once'], {
    env: { HOME: dirname(env.TMPDIR ?? '/'), LANG: 'C.UTF-8', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, output, errors };
}
