/* `npm run docs`: writes the pages that are made from the program. Unit tests hold each of them equal to its source. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { renderCommandLineMarkdown } from '../src/cli/render-manual.ts';
import { renderOptionsMarkdown } from '../src/config/index.ts';
import { renderErrorsMarkdown } from '../src/lib/render-errors.ts';

const pages: readonly { readonly path: string; readonly render: () => string }[] = [
  { path: 'docs/server-options.md', render: renderOptionsMarkdown },
  { path: 'docs/command-line.md', render: renderCommandLineMarkdown },
  { path: 'docs/errors.md', render: renderErrorsMarkdown },
];

for (const { path, render } of pages) {
  writeFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), render());
  console.log(`wrote ${path}`);
}
