/**
 * Writes flags into a database and notes each acknowledged write in the file `acknowledged` beside it. Takes the directory, the number of
 * writes, and `NORMAL` to plant a fault: a database that forces its log to the disk only now and then.
 */
import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import SqliteFile from 'better-sqlite3';
import { createSluice } from 'sluice';
import { sqliteStore } from 'sluice/sqlite';

const [directory, writes, level] = process.argv.slice(2);
if (level === 'NORMAL') {
  const { pragma } = SqliteFile.prototype;
  SqliteFile.prototype.pragma = function (text, ...rest) {
    const answer = pragma.call(this, text.replace('= FULL', '= NORMAL'), ...rest);
    return text === 'synchronous' ? 2 : answer;
  };
}
const acknowledged = openSync(join(directory, 'acknowledged'), 'a');
const sluice = createSluice({ store: sqliteStore({ file: join(directory, 'sluice.db') }) });
await sluice.ready;
for (let write = 1; write <= Number(writes); write++) {
  await sluice.flags.setFlag(`flag-${write % 7}`, {
    enabled: true,
    rolloutPercentage: write % 101,
    description: `${write} ${'x'.repeat((write * 397) % 3000)}`,
  });
  writeSync(acknowledged, `${write}\n`);
}
process.kill(process.pid, 'SIGKILL');
