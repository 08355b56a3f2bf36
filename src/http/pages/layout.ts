import { type Html, html } from './html.ts';

/**
 * A whole page. `root` is the way from the page to the server's root (`.` or `..`): links are relative, so that they
 * hold with and without the path that a proxy may put in front.
 */
export function page(options: { title: string; root: '.' | '..'; body: Html; scripts?: Html }): string {
  const { title, root, body, scripts = html`` } = options;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Polder</title>
<link rel="icon" href="${root}/static/polder.svg" type="image/svg+xml">
<link rel="stylesheet" href="${root}/static/polder.css">
</head>
<body>
<header><a href="${root}/">Polder</a></header>
<main>
<h1>${title}</h1>
${body}
</main>
${scripts}
</body>
</html>
`.markup;
}

/** A moment for people: `2025-02-13 16:47:42`, in the server's time zone. `time`: milliseconds since the epoch. */
export function shownTime(time: number): string {
  const local = new Date(time - new Date(time).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19).replace('T', ' ');
}

/** A table, which scrolls by itself where it is wider than the window, or a sentence when it would have no rows. */
export function table(heads: readonly string[], rows: readonly Html[], whenEmpty: string): Html {
  if (rows.length === 0) return html`<p>${whenEmpty}</p>`;
  const cells = heads.map((head) => html`<th scope="col">${head}</th>`);
  return html`<div class="table"><table><thead><tr>${cells}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

/** The number of a pull request, which leads to it. */
export function pullLink(number: number, url: string): Html {
  return /^https?:/.test(url) ? html`<a href="${url}">#${number}</a>` : html`#${number}`;
}
