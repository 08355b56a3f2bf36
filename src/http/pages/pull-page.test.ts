import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commitFiles, makeBranch, makeRepo } from '../../../test/support/git.ts';
import { openTestApp } from '../../../test/support/http-app.ts';
import { openLocalPull } from '../../vcs/local/index.ts';

const fullName = 'acme/infra';

async function withPull() {
  const { app, deps, reposDir } = await openTestApp();
  const dir = join(reposDir, fullName);
  await makeRepo(dir, { 'main.tf': '' });
  await makeBranch(dir, 'change');
  const headSha = await commitFiles(dir, { 'a.tf': '' });
  const { localPulls } = deps;
  if (!localPulls) throw new Error('no pull requests');
  const order = { fullName, headBranch: 'change', baseBranch: null, title: 'More <b>memory</b>', author: 'ada' };
  await openLocalPull(localPulls, { ...order, draft: false, labels: [] });
  const pulls = deps.hosts.byType('Local')?.pulls;
  if (!pulls) throw new Error('no pull requests');
  return { app, pulls, ref: { fullName, number: 1, headSha } };
}

describe('/pulls/<number>', () => {
  it('is where the pull request says that it is', async () => {
    const { app, pulls, ref } = await withPull();
    const url = (await pulls.getPull(ref))?.url;
    expect(url).toBe('http://polder.test/pulls/1?repo=acme/infra');
    const reply = await app.inject({ url: url?.slice('http://polder.test'.length) ?? '' });
    expect(reply.statusCode).toBe(200);
  });

  it('shows statuses and comments, and leaves out outdated ones', async () => {
    const { app, pulls, ref } = await withPull();
    const targetUrl = 'http://polder.test/jobs/1';
    await pulls.setStatus(ref, { context: 'atlantis/plan', state: 'pending', description: 'Going on', targetUrl });
    await pulls.createComment(ref, 'Ran Plan\n<script>alert(1)</script>');
    await pulls.hideComments(ref, [await pulls.createComment(ref, 'old news')]);
    const { body } = await app.inject({ url: '/pulls/1?repo=acme/infra' });
    expect(body).toContain('<h1>More &lt;b&gt;memory&lt;/b&gt; (#1)</h1>');
    expect(body).toContain('<a href="http://polder.test/jobs/1">atlantis/plan</a></td><td>pending</td><td>Going on');
    expect(body).toContain('<pre>Ran Plan\n&lt;script&gt;alert(1)&lt;/script&gt;</pre>');
    expect(body).not.toContain('old news');
  });

  it('leads from its comments to the pages of this server, and to no others', async () => {
    const { app, pulls, ref } = await withPull();
    await pulls.createComment(
      ref,
      'click [here](http://polder.test/lock?id=a%252Fb), http://polder.test or http://x.y/z',
    );
    const { body } = await app.inject({ url: '/pulls/1?repo=acme/infra' });
    const address = 'http://polder.test/lock?id=a%252Fb';
    expect(body).toContain(
      `<pre>click [here](<a href="${address}">${address}</a>), http://polder.test or http://x.y/z</pre>`,
    );
  });

  it.each(['/pulls/2?repo=acme/infra', '/pulls/x?repo=acme/infra', '/pulls/1?repo=acme/nope', '/pulls/1'])(
    'finds none at %s',
    async (url) => {
      const { app } = await withPull();
      expect((await app.inject({ url })).statusCode).toBe(404);
    },
  );
});
