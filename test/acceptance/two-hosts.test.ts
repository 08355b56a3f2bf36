import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/db/index.ts';
import { silentLog } from '../../src/lib/log.ts';
import { apiClient } from '../support/api-client.ts';
import { onCleanup } from '../support/cleanup.ts';
import { makeBranches } from '../support/conversations/branches.ts';
import type { Forge, MakeForge } from '../support/conversations/forge.ts';
import { githubForge } from '../support/conversations/github-forge.ts';
import { gitlabForge } from '../support/conversations/gitlab-forge.ts';
import { fakeEngine } from '../support/fake-engine.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { temporaryDir } from '../support/temp.ts';
import { waitFor } from '../support/wait-for.ts';

async function forgeWithRepo(makeForge: MakeForge): Promise<Forge> {
  const reposDir = await temporaryDir();
  const branches = await makeBranches(reposDir, 'acme/infra', { 'net/main.tf': '', 'net/mark': 'm0' });
  await branches.commit('change', { 'net/main.tf': '# changed', 'net/mark': 'm1' });
  return makeForge(reposDir);
}

/** Waits until the server has nothing left to do. */
async function idle({ dataDir }: TestServer): Promise<void> {
  const db = await openDatabase({ url: `sqlite:${join(dataDir, 'polder', 'polder.db')}`, log: silentLog() });
  const isIdle = async () => (await db.query.selectFrom('tasks').select('id').execute()).length === 0;
  await waitFor('everything to be done', isIdle, { timeoutMs: 30_000 }).finally(() => db.close());
}

/** What the link that deletes a plan and its lock asks for. */
function lockIn(comment = ''): string {
  const [, id = ''] = /\/lock\?id=([^)]+)\)/.exec(comment) ?? [];
  return decodeURIComponent(id);
}

describe('repositories of one name on two hosts', () => {
  it('keep their locks and plans apart', async () => {
    const [hub, lab] = [await forgeWithRepo(githubForge), await forgeWithRepo(gitlabForge)];
    const engine = await fakeEngine();
    const flags = { ...hub.flags, ...lab.flags, 'repo-allowlist': '*', 'terraform-binary': engine.binary };
    const server = await startServer({ flags, env: hub.env });
    onCleanup(() => server.stop());
    for (const forge of [hub, lab]) forge.connect(server);
    const [hubRepo, labRepo] = [hub.addRepo('acme/infra'), lab.addRepo('acme/infra')];
    await hubRepo.open('change', {});
    await idle(server);
    await labRepo.open('change', {});
    await idle(server);
    const [first, second] = [lockIn((await hubRepo.comments(1))[0]), lockIn((await labRepo.comments(1))[0])];
    expect([first, second]).toEqual([
      'acme%2Finfra%2Fnet%2Fdefault%2F',
      expect.stringMatching(/^localhost%3A\d+%2Facme%2Finfra%2Fnet%2Fdefault%2F$/),
    ]);
    const unclear = await fetch(`${server.url}/locks?id=${first}`, { method: 'DELETE' });
    expect([unclear.status, await unclear.text()]).toEqual([
      404,
      expect.stringContaining('2 hosts have a lock of this name: use "localhost'),
    ]);
    expect((await fetch(`${server.url}/locks?id=${second}`, { method: 'DELETE' })).status).toBe(200);
    await hubRepo.comment(1, 'atlantis apply');
    await labRepo.comment(1, 'atlantis apply');
    await idle(server);
    expect(await engine.marks()).toEqual(['m1@default']);
    expect((await hubRepo.comments(1)).at(-1)).toContain('Apply complete!');
    expect((await labRepo.comments(1)).at(-1)).toContain('discarded');
    await hubRepo.close(1);
    await idle(server);
    expect(await apiClient(server.url).locks()).toEqual([]);
  });
});
