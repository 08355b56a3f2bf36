import type { NewGithubApp } from '../../vcs/github/index.ts';
import { html } from './html.ts';
import { page } from './layout.ts';

const publicGithub = 'github.com';

/** The page with the secrets of an app that was just registered, and what to do with them. */
export function githubAppResult(app: NewGithubApp, hostname: string): string {
  const flags = [
    `--gh-app-id ${app.id}`,
    `--gh-app-slug ${app.slug}`,
    '--gh-app-key-file /path/to/that/file.pem',
    ...(app.webhookSecret === null ? [] : [`--gh-webhook-secret ${app.webhookSecret}`]),
    ...(hostname === publicGithub ? [] : [`--gh-hostname ${hostname}`]),
    '--write-git-creds',
  ];
  const body = html`
<p><strong>Keep what is on this page now.</strong> This server does not keep it, and GitHub does not show it again.</p>
<h2>1. Save the key</h2>
<p>In a file that only the account of the server can read:</p>
<pre>${app.privateKey}</pre>
<h2>2. Start the server with these flags</h2>
<p>Instead of <code>--gh-user</code> and <code>--gh-token</code>. The secret need not stand on the command line:
<code>ATLANTIS_GH_WEBHOOK_SECRET</code> is read too.</p>
<pre>${flags.join('\n')}</pre>
<h2>3. Install the app</h2>
<p><a href="${app.webUrl}/installations/new">Choose the repositories</a> that it may work with. They must also be on
<code>--repo-allowlist</code>.</p>
<p>Then <code>polder doctor</code>, with the same flags, says whether all is well.</p>
<dl>
<dt>App</dt><dd><a href="${app.webUrl}">${app.name}</a></dd>
<dt>Id</dt><dd>${app.id}</dd>
${app.webhookSecret === null ? html`` : html`<dt>Webhook secret</dt><dd><code>${app.webhookSecret}</code></dd>`}
</dl>`;
  return page({ title: 'The GitHub App is registered', root: '..', body });
}
