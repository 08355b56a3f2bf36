import { styleText } from 'node:util';
import { runCli } from './cli/index.ts';

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
