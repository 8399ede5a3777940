/** What was committed since followers were told of something. */
import type { FeedPlace, NumberedCommit } from './commit-feed.ts';
import { allRecords, eventOfRow, recordsOf } from './record-rows.ts';
import type { Connection } from './sql-dialect.ts';

/**
 * In order, up to `head`. Where some of them are not kept any more, or the database was put back to an earlier state, everything that there is
 * as one commit.
 */
export async function commitsSince(connection: Connection, told: FeedPlace, head: FeedPlace): Promise<NumberedCommit[]> {
  if (told.number === head.number) return [];
  const rows = await connection
    .selectFrom('sluice_commits')
    .select(['number', 'seq', 'records'])
    .where('number', '>', told.number)
    .where('number', '<=', head.number)
    .orderBy('number')
    .execute();
  const events = await connection
    .selectFrom('sluice_events')
    .select(['seq', 'body'])
    .where('seq', '>', told.seq)
    .where('seq', '<=', head.seq)
    .orderBy('seq')
    .execute();
  const logged = events.map(eventOfRow);
  if (rows.length !== head.number - told.number) {
    const committed = { seq: head.seq, records: await allRecords(connection), events: logged };
    return [{ number: head.number, committed }];
  }
  let next = 0;
  return rows.map(({ number, seq, records }) => {
    const start = next;
    while ((logged[next]?.seq ?? Number.POSITIVE_INFINITY) <= seq) next += 1;
    return { number, committed: { seq, records: recordsOf(records), events: logged.slice(start, next) } };
  });
}
