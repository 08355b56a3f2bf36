import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeDatabases } from '../../test/support/database.ts';
import { temporaryDir } from '../../test/support/temp.ts';
import { inspectDatabase } from './inspect-database.ts';

describeDatabases('inspectDatabase', (_open, { engine, create }) => {
  it('tells what keeps the database, and its version', async () => {
    const name = engine === 'sqlite' ? 'SQLite' : 'PostgreSQL';
    const version = expect.stringMatching(/^\d+\.\d+/);
    expect(await inspectDatabase(await create('empty'))).toMatchObject({ engine: name, version, wants: null });
  });
});

describe('inspectDatabase', () => {
  it('makes no file', async () => {
    const path = join(await temporaryDir(), 'new.db');
    expect(await inspectDatabase(`sqlite:${path}`)).toMatchObject({ missingFile: path });
    expect(existsSync(path)).toBe(false);
  });

  it('refuses a file that is no database', async () => {
    const path = join(await temporaryDir(), 'notes.db');
    await writeFile(path, 'nothing but words, and enough of them to fill the header of a database file: '.repeat(20));
    await expect(inspectDatabase(`sqlite:${path}`)).rejects.toThrow(
      /^looking at the database sqlite:.*: file is not a data/,
    );
  });

  it('says why a server cannot be reached, without the password', async () => {
    const looking = inspectDatabase('postgres://polder:s3cret@127.0.0.1:1/polder');
    await expect(looking).rejects.toThrow(/postgres:\/\/polder:\*\*\*@127\.0\.0\.1:1\/polder: .*ECONNREFUSED/);
  });
});
