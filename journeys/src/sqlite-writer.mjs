/**
 * A process that writes flags into a SQLite database as fast as it can, and says on standard output what was acknowledged, until it is killed.
 * Takes the database's path and the number of its life.
 */
import { writeSync } from 'node:fs';
import { createSluice } from 'sluice';
import { sqliteStore } from 'sluice/sqlite';

const [file, life] = process.argv.slice(2);
const sluice = createSluice({ store: sqliteStore({ file }) });
for (let write = 1; ; write++) {
  const name = `flag-${write % 7}`;
  const description = `${life}/${write}`;
  await sluice.flags.setFlag(name, { enabled: true, rolloutPercentage: write % 101, description }, { actor: 'writer' });
  writeSync(1, `${JSON.stringify({ name, description })}\n`);
}
