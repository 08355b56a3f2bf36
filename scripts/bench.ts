/* `npm run bench`: runs the programs of bench/ (not of folders in it) one after another, so that none disturbs another. */
import { readdirSync } from 'node:fs';
import { runProgram } from './run-program.ts';

const wanted = process.argv.slice(2);
const names = readdirSync('bench')
  .filter((name) => name.endsWith('.ts'))
  .filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part)))
  .sort();
if (names.length === 0) console.error(`no bench is named like ${wanted.join(', ')}`);

const failed: string[] = [];
for (const name of names) {
  console.log(`\n== ${name}`);
  const { code } = await runProgram(['--import', 'tsx', `bench/${name}`]);
  if (code !== 0) failed.push(name);
}
if (failed.length > 0) console.error(`\nmissed or failed: ${failed.join(', ')}`);
process.exitCode = failed.length > 0 || names.length === 0 ? 1 : 0;
