/** Days of failed attempts that a test does not wait for. */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import SqliteFile from 'better-sqlite3';
import { type PageWorld, PLACE } from './page-world.testing.ts';

/** The attempts of a week, of which the next is the last. */
const LAST_ATTEMPT = 9;

/** Has the webhook, whose receiver fails, give up the event that it is at: as if the server had been tried in vain for days. SQLite alone. */
export async function giveUp(at: PageWorld, webhook: string): Promise<void> {
  const { project } = PLACE;
  const found = async () => (await at.client.webhooks.list({ project })).webhooks.find(({ key }) => key === webhook);
  while ((await found())?.failingSince == null) await pause(50);
  await at.server.end('SIGTERM');
  const database = new SqliteFile(join(at.dataFolder, 'sluice.db'));
  const changed = database
    .prepare(
      `update sluice_records set body = json_set(body, '$.attempts', ?, '$.retryAt', 0) where kind = 'delivery' and "key" = ?`,
    )
    .run(LAST_ATTEMPT, webhook);
  database.close();
  if (changed.changes !== 1) throw new Error(`there is no delivery of ${webhook}`);
  await at.restart();
  while (((await found())?.deadCount ?? 0) === 0) await pause(50);
}
