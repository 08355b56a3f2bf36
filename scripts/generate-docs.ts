/* `npm run docs`: writes the pages that are made from the program. Unit tests hold each of them equal to its source. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { renderOptionsMarkdown } from '../src/config/index.ts';

const pages: readonly { readonly path: string; readonly render: () => string }[] = [
  { path: 'docs/server-options.md', render: renderOptionsMarkdown },
];

for (const { path, render } of pages) {
  writeFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), render());
  console.log(`wrote ${path}`);
}
