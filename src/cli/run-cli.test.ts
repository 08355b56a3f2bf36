import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runPolder } from '../../test/support/run-polder.ts';
import { version } from '../lib/version.ts';
import { renderCommandLineMarkdown } from './render-manual.ts';

describe('runCli', () => {
  it.each([[['--help']], [['-h']], [['help']]])('lists the commands for %j', async (words) => {
    const { code, output } = await runPolder(words);
    expect(code).toBe(0);
    for (const name of ['server', 'quickstart', 'token', 'version'])
      expect(output).toMatch(new RegExp(`^  ${name} `, 'm'));
  });

  it.each([
    [['server', '--help'], 'polder server'],
    [['help', 'server'], 'polder server'],
    [['quickstart', '--help'], 'polder quickstart'],
    [['token', '--help'], 'polder token'],
    [['token', 'create', '-h'], 'polder token create'],
    [['token', 'help', 'list'], 'polder token list'],
    [['token', 'revoke', '--help'], 'polder token revoke'],
    [['version', '--help'], 'polder version'],
  ])('tells how to use a command for %j', async (words, usage) => {
    const { code, output, errors } = await runPolder(words);
    expect({ code, errors }).toEqual({ code: 0, errors: [] });
    expect(output).toContain(`Usage: ${usage}`);
  });

  it.each([
    [[], 'a command is missing: `polder --help` lists the commands'],
    [['sever'], 'unknown command "sever": did you mean server?'],
    [['dance'], 'unknown command "dance": `polder --help` lists the commands'],
    [['constructor'], 'unknown command "constructor": `polder --help` lists the commands'],
    [['--port=1'], 'a command comes before the flags: `polder --help` lists the commands'],
    [['token'], 'a command is missing: `polder token --help` lists the commands'],
    [['token', 'creat'], 'unknown command "creat": did you mean create?'],
    [['server', '--prot=1'], 'unknown flag: --prot; did you mean --port?'],
    [['version', 'x'], 'usage: polder version [--json]'],
  ])('ends %j with 2 and says what is wrong', async (words, message) => {
    expect(await runPolder(words)).toEqual({ code: 2, output: '', errors: [message] });
  });

  it('prints the version for people and for programs', async () => {
    expect((await runPolder(['version'])).output).toBe(`polder ${version}\n`);
    expect((await runPolder(['--version'])).output).toBe(`polder ${version}\n`);
    expect((await runPolder(['version', '--json'])).output).toBe(`{"version":"${version}"}\n`);
  });

  it('tells every error in the options of the server', async () => {
    expect(await runPolder(['server', '--port=99999', '--local-repos-dir=/srv'])).toEqual({
      code: 2,
      output: '',
      errors: ['--repo-allowlist must be set for security purposes', '--port: 99999 is too large, the most is 65535'],
    });
  });
});

describe('polder as a process', () => {
  it('writes results to standard output and ends with 0', async () => {
    expect(await spawnPolder(['version'])).toEqual({ code: 0, stdout: `polder ${version}\n`, stderr: '' });
  });

  it('writes errors to standard error and ends with their code', async () => {
    expect(await spawnPolder(['sever'])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'Error: unknown command "sever": did you mean server?\n',
    });
  });
});

describe('docs/command-line.md', () => {
  it('is what `npm run docs` writes', () => {
    const page = readFileSync(new URL('../../docs/command-line.md', import.meta.url), 'utf8');
    expect(page).toBe(renderCommandLineMarkdown());
  });
});

async function spawnPolder(words: readonly string[]) {
  const main = fileURLToPath(new URL('../main.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', main, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, stdout, stderr };
}
