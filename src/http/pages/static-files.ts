import type { App } from '../app.ts';
import { textReply } from '../replies.ts';

const stylesheet = `:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 20%, transparent); }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 72rem; padding: 0 1rem 3rem; }
header { border-bottom: 1px solid var(--line); padding: 0.75rem 0; font-weight: 600; }
h1 { font-size: 1.5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: 0.4rem 0.75rem 0.4rem 0; text-align: left; vertical-align: top; }
.table { overflow-x: auto; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.25rem 1.5rem; }
dt { font-weight: 600; }
dd { margin: 0; overflow-wrap: anywhere; white-space: pre-wrap; }
pre { background: color-mix(in srgb, currentColor 6%, transparent); font-size: 0.85rem; overflow: auto; padding: 1rem; }
button { font: inherit; padding: 0.35rem 0.9rem; }
`;

/** Appends the lines that come, and tells how the job ended. Old lines go when there are too many to show. */
const followLog = `const log = document.getElementById('log');
const state = document.getElementById('state');
const maxParts = 2000;
let waiting = [];
function show() {
  const atEnd = window.innerHeight + window.scrollY >= document.body.scrollHeight - 40;
  log.append(waiting.join(''));
  waiting = [];
  while (log.childNodes.length > maxParts) log.firstChild.remove();
  if (atEnd) window.scrollTo(0, document.body.scrollHeight);
}
const source = new EventSource(log.dataset.events);
source.addEventListener('message', (event) => {
  if (waiting.push(event.data + '\\n') === 1) requestAnimationFrame(show);
});
source.addEventListener('end', (event) => {
  source.close();
  state.textContent = JSON.parse(event.data).state;
});
`;

/** Fields between three ditches, from above. */
const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#2f7d4f"/>
<path d="M4 0v16M8 0v16M12 0v16" stroke="#8fd0f0" stroke-width="1.5"/></svg>
`;

/** The files that pages load. */
export function addStaticFiles(app: App): void {
  const files = [
    { path: '/static/polder.css', type: 'text/css; charset=utf-8', content: stylesheet },
    { path: '/static/polder.svg', type: 'image/svg+xml', content: icon },
    { path: '/static/follow-log.js', type: 'text/javascript; charset=utf-8', content: followLog },
  ];
  for (const { path, type, content } of files) {
    const schema = { tags: ['pages'], summary: 'A file of the pages', response: { 200: textReply('The file') } };
    app.get(path, { schema }, async (_request, reply) =>
      reply.type(type).header('cache-control', 'no-cache').send(content),
    );
  }
}
