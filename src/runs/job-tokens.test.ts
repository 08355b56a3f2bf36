import { expect, it } from 'vitest';
import { acceptApply, insertRepo } from '../../test/support/applies.ts';
import { describeDatabases } from '../../test/support/database.ts';
import { authenticate } from '../access/index.ts';
import type { Db } from '../db/index.ts';
import { createJobTokens } from './job-tokens.ts';
import type { RunEvent } from './types.ts';

async function startedJob(db: Db) {
  const repo = await insertRepo(db, 'acme/infra');
  const { run, job } = await acceptApply(db, { repo, project: { name: 'app', dir: '.', workspace: 'default' } }, 1000);
  const tokens = createJobTokens();
  const tell = (kind: RunEvent['kind']) =>
    db.transaction((tx) => tokens.onRunEvent(tx, { kind, run, repo, job, now: 2000 }));
  await tell('job_started');
  return { repo, run, job, tokens, tell, secret: tokens.secretOf(job.id) ?? '' };
}

describeDatabases('createJobTokens', (open) => {
  it('gives a job that starts a token for its repo, in the name of who started it', async () => {
    const db = await open();
    const { repo, run, job, secret } = await startedJob(db);
    expect(await authenticate(db, secret, 2000)).toMatchObject({
      jobId: job.id,
      principal: { actor: run.actor, repoId: repo.id },
    });
  });

  it.each(['job_ended', 'job_restarted'] as const)('ends the token at %s', async (kind) => {
    const db = await open();
    const { job, tokens, tell, secret } = await startedJob(db);
    await tell('job_applying');
    expect((await authenticate(db, secret, 2000)).kind).toBe('known');
    await tell(kind);
    expect(await authenticate(db, secret, 2000)).toEqual({ kind: 'unknown' });
    expect(tokens.secretOf(job.id)).toBeUndefined();
  });
});
