import { styleText } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { endWhenUnread, runCli } from './cli/index.ts';

// Loading the modules alone makes V8 keep 32 MB for young objects, of which a server needs little and which it does not
// give back. Memory that is written to again and again also makes each start of a process slower, since it is copied
// on write. So that part of the heap stays at its first size.
setFlagsFromString('--semi-space-growth-factor=1');

// Most of what a server does it does seldom. By default V8 optimises a function after little use, which for the first
// projects costs a tenth of the server's processor time and some MB. With more patience than this, the pages of an API
// would be slow for longer than people are willing to wait. Node.js 22 has another V8, which has a patience of its own and
// complains of what it does not know.
if (process.versions.v8.startsWith('11.')) setFlagsFromString('--interrupt-budget=300000');

// As on a signal: a quickstart stops its server and removes its folder, and other commands just end.
endWhenUnread(process.stdout, () => process.kill(process.pid, 'SIGTERM'));

const isColoured = process.stderr.isTTY && !process.env.NO_COLOR;

process.exit(
  await runCli({
    words: process.argv.slice(2),
    env: process.env,
    now: Date.now,
    signals: process,
    write: (text) => void process.stdout.write(text),
    complain: (message) => {
      const line = `Error: ${message}`;
      process.stderr.write(`${isColoured ? styleText('red', line, { validateStream: false }) : line}\n`);
    },
  }),
);
