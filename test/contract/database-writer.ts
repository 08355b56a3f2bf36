/*
 * A program for tests: `database-writer <url> [group]` opens the database and says `open`. With a group it then adds
 * repos to it, one a transaction, and prints the id of each once it is committed, until it is killed.
 */
import { openDatabase } from '../../src/db/index.ts';
import { silentLog } from '../../src/lib/log.ts';
import { addRepo } from './sample-rows.ts';

const [url = '', group] = process.argv.slice(2);
const db = await openDatabase({ url, log: silentLog() });
console.log('open');
while (group !== undefined) {
  const id = await db.transaction(async (tx) => addRepo(tx, Number(group)));
  console.log(id);
}
await db.close();
