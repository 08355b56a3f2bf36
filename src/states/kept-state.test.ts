import { expect, it } from 'vitest';
import { insertRepo } from '../../test/support/applies.ts';
import { describeDatabases } from '../../test/support/database.ts';
import type { Db } from '../db/index.ts';
import { currentState, isCurrentState, type StateKey, saveState } from './index.ts';

const file = (serial: number, rest: { lineage?: string; version?: string } = {}) =>
  Buffer.from(JSON.stringify({ version: 4, terraform_version: '1.11.4', serial, lineage: 'l', ...rest }));

async function openProject(db: Db) {
  const { id } = await insertRepo(db, 'acme/infra');
  const key: StateKey = { repoId: id, dir: 'net', workspace: 'default' };
  const current = async () => (await currentState(db, key))?.id ?? null;
  /** Saves as an engine would that worked on what is current, unless the test says something else. */
  const save = async (content: Uint8Array, basedOn?: number | null) => {
    const base = basedOn === undefined ? await current() : basedOn;
    return db.transaction((tx) => saveState(tx, key, { content, basedOn: base, jobId: 1, now: 5 }));
  };
  const text = async () => Buffer.from((await currentState(db, key))?.content ?? []).toString();
  return { key, current, save, text };
}

describeDatabases('saveState', (open) => {
  it('keeps the first state', async () => {
    const db = await open();
    const { save, text } = await openProject(db);
    expect(await save(file(1))).toEqual({ kind: 'saved', serial: 1 });
    expect(await text()).toBe(file(1).toString());
  });

  it('keeps the state that follows', async () => {
    const { save, text } = await openProject(await open());
    await save(file(1));
    expect(await save(file(4))).toEqual({ kind: 'saved', serial: 4 });
    expect(await text()).toBe(file(4).toString());
  });

  it('makes no version of what is there already', async () => {
    const db = await open();
    const { save } = await openProject(db);
    await save(file(1));
    expect(await save(file(1))).toEqual({ kind: 'unchanged' });
    expect(await db.query.selectFrom('state_versions').select('id').execute()).toHaveLength(1);
  });

  it('takes what another version of the engine wrote of the same resources', async () => {
    const { save, text } = await openProject(await open());
    await save(file(1));
    const rewritten = file(1, { version: '1.12.0' });
    expect(await save(rewritten)).toEqual({ kind: 'saved', serial: 1 });
    expect(await text()).toBe(rewritten.toString());
  });

  it.each([
    ['another lineage', file(2, { lineage: 'other' }), 'its lineage is other, not l'],
    ['a lower serial', file(0), 'its serial 0 is before 1'],
    ['no state at all', Buffer.from('{"no": "state"}'), 'it is not a state file'],
  ])('keeps %s apart and goes on with the one before', async (_, ...[content, reason]) => {
    const db = await open();
    const { save, text } = await openProject(db);
    await save(file(1));
    expect(await save(content)).toEqual({ kind: 'conflict', reason });
    expect(await text()).toBe(file(1).toString());
    const kept = await db.query.selectFrom('state_versions').select(['content', 'conflict']).orderBy('id').execute();
    expect(kept.map((row) => [Buffer.from(row.content).toString(), row.conflict])).toEqual([
      [file(1).toString(), null],
      [content.toString(), reason],
    ]);
  });

  it('keeps a state apart that was made while another one was saved', async () => {
    const { save, current } = await openProject(await open());
    await save(file(1));
    const base = await current();
    await save(file(2), base);
    expect(await save(file(3), base)).toEqual({ kind: 'conflict', reason: 'serial 2 was saved while it was made' });
  });

  it('tells states of other workspaces and folders apart', async () => {
    const db = await open();
    const { key, save } = await openProject(db);
    await save(file(1));
    expect(await currentState(db, { ...key, workspace: 'eu' })).toBeUndefined();
    expect(await currentState(db, { ...key, dir: '.' })).toBeUndefined();
  });
});

describeDatabases('isCurrentState', (open) => {
  it('tells whether the state is the one that was put in place', async () => {
    const db = await open();
    const { key, save, current } = await openProject(db);
    const ask = (versionId: number | null) => db.transaction((tx) => isCurrentState(tx, key, versionId));
    expect(await ask(null)).toBe(true);
    await save(file(1));
    const first = await current();
    expect(await ask(null)).toBe(false);
    expect(await ask(first)).toBe(true);
    await save(file(2));
    expect(await ask(first)).toBe(false);
  });
});
