import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { onCleanup } from '../support/cleanup.ts';
import { onPath } from '../support/find-programs.ts';
import { polderProgram } from '../support/server.ts';
import { temporaryDir } from '../support/temp.ts';
import { waitFor } from '../support/wait-for.ts';

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
    const pull = ended.output.slice(ended.output.indexOf('== pull request 1 of acme/shop'));
    expect(pull).toContain('Ran Plan for 2 projects:');
    expect(pull).toContain('Apply complete! Resources: 1 added, 0 changed, 0 destroyed.');
    expect(readdirSync(dir)).toEqual([]);
  });

  it('can be taken again on the same folder', async () => {
    const dir = await temporaryDir();
    const env = { PATH: process.env.PATH ?? '', TMPDIR: dir };
    const flags = ['--once', `--data-dir=${join(dir, 'kept')}`];
    const first = startQuickstart(env, flags);
    expect([await first.ended, first.errors()]).toEqual([0, '']);
    const second = startQuickstart(env, flags);
    expect([await second.ended, second.errors()]).toEqual([0, '']);
    expect(second.output()).toContain('== pull request 2 of acme/shop');
  });

  it('can be taken twice at a time', async () => {
    const dir = await temporaryDir();
    const env = { PATH: process.env.PATH ?? '', TMPDIR: dir };
    const ended = await Promise.all([runQuickstart(env), runQuickstart(env)]);
    expect(ended.map(({ code, errors }) => [code, errors])).toEqual([
      [0, ''],
      [0, ''],
    ]);
  });

  it('takes the OpenTofu that npm carries where there is no other engine', async () => {
    const dir = await temporaryDir();
    const ended = await runQuickstart({ PATH: barePath(join(dir, 'bin')), TMPDIR: dir });
    expect(ended).toMatchObject({ code: 0, errors: '' });
    expect(ended.output).toContain('Engine: OpenTofu of the npm package');
  });

  it('goes on until Ctrl-C', async () => {
    const dir = await temporaryDir();
    const quickstart = startQuickstart({ PATH: process.env.PATH ?? '', TMPDIR: dir }, []);
    await waitFor('the tour to end', () => quickstart.output().includes('until Ctrl-C'), { timeoutMs: 60_000 });
    const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(quickstart.output()) ?? [];
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect(await statusesOf(quickstart.output())).toEqual([200, 200, 201, 200]);
    quickstart.child.kill('SIGINT');
    expect(await quickstart.ended).toBe(0);
    expect(readdirSync(dir)).toEqual([]);
  });

  it('ends at once on a second Ctrl-C', async () => {
    const [dir, bin] = [await temporaryDir(), await temporaryDir()];
    const planning = join(bin, 'planning');
    const engine = `#!/bin/sh
if [ "$1" = version ]; then echo Terraform v1.9.0; exit; fi
trap '' INT
touch '${planning}'
while [ -e '${planning}' ]; do sleep 0.1; done
`;
    await writeFile(join(bin, 'terraform'), engine, { mode: 0o755 });
    const quickstart = startQuickstart({ PATH: `${bin}:${process.env.PATH}`, TMPDIR: dir }, []);
    await waitFor('the engine to start', () => existsSync(planning), { timeoutMs: 60_000 });
    quickstart.child.kill('SIGINT');
    await waitFor('the server to refuse new runs', () => isDraining(quickstart.output()));
    quickstart.child.kill('SIGINT');
    expect([await quickstart.ended, quickstart.errors()]).toEqual([130, '']);
    await rm(planning);
  });
});

/** What the server answers to the commands that it proposes at the end, one after the other. */
async function statusesOf(output: string): Promise<number[]> {
  const statuses: number[] = [];
  for (const [command] of output.matchAll(/^ {2}curl .*$/gm)) {
    const [address = ''] = /http:\S+/.exec(command) ?? [];
    const [, name = '', value = ''] = /-H '([^:]+): ([^']+)'/.exec(command) ?? [];
    const body = /-d '([^']+)'/.exec(command)?.[1];
    const init = body === undefined ? {} : { method: 'POST', body };
    statuses.push((await fetch(address, { headers: { [name]: value }, ...init })).status);
  }
  return statuses;
}

async function isDraining(output: string): Promise<boolean> {
  const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(output) ?? [];
  return (await fetch(`${url}/readyz`)).status === 503;
}

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
  const { ended, output, errors } = startQuickstart(env, ['--once']);
  return { code: await ended, output: output(), errors: errors() };
}

function startQuickstart(env: Record<string, string>, flags: readonly string[]) {
  const child = spawn(process.execPath, [polderProgram, 'quickstart', ...flags], {
    env: { HOME: dirname(env.TMPDIR ?? '/'), LANG: 'C.UTF-8', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onCleanup(() => void child.kill('SIGKILL'));
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return { child, ended, output: () => output, errors: () => errors };
}
