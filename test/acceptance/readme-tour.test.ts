import { execFile } from 'node:child_process';
import { readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { testEngine } from '../support/engine.ts';
import { polderProgram, startServer, type TestServer } from '../support/server.ts';
import { temporaryDir } from '../support/temp.ts';
import { waitFor } from '../support/wait-for.ts';

/** A command of the README, and what it says that the command prints. */
type Shown = { readonly command: string; readonly output: string };

const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
const tour = readme.slice(readme.indexOf('## A tour in two minutes'), readme.indexOf('## Environments, as'));
/** What reads, and may have to be read again until the server has done its work. */
const reading = /pr show|\/logs/;

describe('the tour of the README', () => {
  it('prints what the README says', async () => {
    const dir = await temporaryDir();
    symlinkSync(dirname(polderProgram), join(dir, 'bin'));
    await sh(dir, 'bin/polder quickstart --once --data-dir ./data', {});
    const server = await startServer({
      flags: {
        'data-dir': join(dir, 'data'),
        'local-repos-dir': join(dir, 'data/repos'),
        'repo-allowlist': 'local/*',
        'api-secret': 's3cret',
        'terraform-binary': testEngine().binary,
      },
    });
    const token = JSON.parse(await sh(dir, commandsOf(tour).find(isTokenMade)?.command ?? '', {})).token as string;
    for (const shown of commandsToTry()) {
      expect(await follow(dir, { shown, server, token }), shown.command).toMatch(patternOf(shown));
    }
  });
});

/** Those of the tour but for the server's start, with the output of the first screen where it has the same command. */
function commandsToTry(): Shown[] {
  const firstScreen = commandsOf(readme.slice(0, readme.indexOf('## Try it')));
  return commandsOf(tour)
    .filter((shown) => !/bin\/polder server|^export/.test(shown.command) && !isTokenMade(shown))
    .map((shown) => firstScreen.find(({ command }) => shown.command === `bin/${command}`) ?? shown)
    .map(({ command, output }) => ({ command: command.replace(/^polder/, 'bin/polder'), output }));
}

function isTokenMade({ command }: Shown): boolean {
  return command.includes('token create');
}

function commandsOf(markdown: string): Shown[] {
  const blocks = [...markdown.matchAll(/^(`{3,})console\n(.*?)^\1$/gms)].map(([, , block = '']) => block);
  return blocks.flatMap((block) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((part) => {
        const [command = '', ...output] = part.replace(/\\\n\s*/g, '').split('\n');
        return { command, output: output.join('\n') };
      }),
  );
}

type Following = { readonly shown: Shown; readonly server: TestServer; readonly token: string };

/** What the command prints, masked. */
async function follow(dir: string, { shown, server, token }: Following): Promise<string> {
  const command = shown.command.replaceAll('http://127.0.0.1:4141', server.url).replaceAll(/pldr_\w+…/g, token);
  const env = { POLDER_SERVER: server.url, POLDER_TOKEN: token, shop: './data/repos/acme/shop' };
  let printed = masked(await sh(dir, command, env));
  if (!reading.test(command)) return printed;
  const isAsShown = async () => {
    printed = masked(await sh(dir, command, env));
    return patternOf(shown).test(printed);
  };
  await waitFor(command, isAsShown, { timeoutMs: 60_000 });
  return printed;
}

/** The parts of what is shown, in their order. */
function patternOf({ output }: Shown): RegExp {
  const parts = masked(output).split('…');
  return new RegExp(parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*'), 's');
}

/** Without what differs from one time to the next and from engine to engine, and the blanks that the README may add. */
function masked(text: string): string {
  return (
    text
      .replace(/\b[0-9a-f]{40}\b/g, 'SHA')
      .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'ID')
      .replace(/after \d+s/g, 'after 0s')
      .replace(/OpenTofu|terraform|tofu/gi, 'engine')
      .replace(/http:\/\/[\w.]+:\d+/g, 'SERVER')
      // Empty lines of a log with names: OpenTofu has more of them.
      .replace(/^\[\S+\][ ]*$/gm, '')
      .replace(/\s/g, '')
  );
}

async function sh(dir: string, command: string, env: Readonly<Record<string, string>>): Promise<string> {
  const { HOME, PATH } = process.env;
  const author = { GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@b', GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@b' };
  const options = { cwd: dir, env: { HOME, PATH, ...author, ...env }, maxBuffer: 16 * 1024 * 1024 };
  const { stdout } = await promisify(execFile)('sh', ['-c', command], options);
  return stdout;
}
