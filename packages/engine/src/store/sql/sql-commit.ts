/** A change, kept within one transaction: its records, its events and their places in the log. */
import { type Change, type LoggedEvent, SluiceError, type SluiceRecord } from '@sluice/core';
import { type Lease, LeaseBook } from '../lease-book.ts';
import { loggedEvents } from '../receipt-book.ts';
import { checkChange, deepFreeze, recordId } from '../record-book.ts';
import type { Fence } from '../store.ts';
import type { FeedPlace, NumberedCommit } from './commit-feed.ts';
import { portions } from './portions.ts';
import { keepReceipt } from './receipt-rows.ts';
import { dueAtOf, recordName, scopeName } from './record-rows.ts';
import type { Connection, SqlDialect } from './sql-dialect.ts';
import { columnText } from './tables.ts';

/** Commits that are kept for those who follow. Whoever is further behind is told of everything at once. */
const COMMITS_KEPT = 1_000;
/** They are cleared away so often. */
const CLEARING = 100;

export interface Head extends FeedPlace {
  readonly places: number;
}

/** `isLocked`: until the transaction ends, nobody else commits. */
export async function readHead(connection: Connection, dialect: SqlDialect, isLocked = false): Promise<Head> {
  const { seq, commits, places } = await connection
    .selectFrom('sluice_head')
    .select(['seq', 'commits', 'places'])
    .where('id', '=', 1)
    .$if(isLocked && dialect.locksRows, (query) => query.forUpdate())
    .executeTakeFirstOrThrow();
  return { number: commits, seq, places };
}

/** Nobody takes the lease before the transaction ends. @throws SluiceError `refused` when somebody has */
export async function checkFence(connection: Connection, dialect: SqlDialect, fence: Fence): Promise<void> {
  const held = await connection
    .selectFrom('sluice_leases')
    .select(['holder', 'until', 'token'])
    .where('name', '=', columnText(fence.name))
    .$if(dialect.locksRows, (query) => query.forShare())
    .executeTakeFirst();
  const leases: [string, Lease][] = held === undefined ? [] : [[fence.name, held]];
  new LeaseBook(leases).check(fence);
}

/** `head` is locked by this transaction. @throws SluiceError `conflict` or `invalid` as `checkChange` does */
export async function keepChange(
  connection: Connection,
  change: Change,
  head: Head,
  seenSeq: number | undefined,
): Promise<NumberedCommit> {
  const revisions = await revisionsOf(connection, change.records);
  checkChange(change, { seq: head.seq, seenSeq, revisionOf: (record) => revisions.get(recordId(record)) ?? 0 });
  const records = change.records.map(deepFreeze);
  const events = loggedEvents(change, head.seq);
  const number = head.number + 1;
  const seq = head.seq + events.length;
  await keepRecords(connection, records, head.places);
  await keepEvents(connection, events);
  await keepReceipt(connection, change);
  await connection
    .insertInto('sluice_commits')
    .values({ number, seq, records: JSON.stringify(records) })
    .execute();
  await connection
    .updateTable('sluice_head')
    .set({ seq, commits: number, places: head.places + records.length })
    .where('id', '=', 1)
    .execute();
  const oldest = number - COMMITS_KEPT;
  if (number % CLEARING === 0) await connection.deleteFrom('sluice_commits').where('number', '<=', oldest).execute();
  return { number, committed: { seq, records, events } };
}

async function revisionsOf(connection: Connection, records: readonly SluiceRecord[]): Promise<ReadonlyMap<string, number>> {
  const revisions = new Map<string, number>();
  for (const alike of byScopeAndKind(records)) {
    for (const portion of portions(alike)) {
      const [first] = portion;
      if (first === undefined) break;
      const names = new Map(portion.map((record) => [columnText(record.key), recordId(record)]));
      const { project, environment } = scopeName(first.scope);
      const rows = await connection
        .selectFrom('sluice_records')
        .select(['key', 'revision'])
        .where('project', '=', project)
        .where('environment', '=', environment)
        .where('kind', '=', first.kind)
        .where('key', 'in', [...names.keys()])
        .execute();
      for (const { key, revision } of rows) revisions.set(names.get(key) ?? '', revision);
    }
  }
  return revisions;
}

function byScopeAndKind(records: readonly SluiceRecord[]): Iterable<readonly SluiceRecord[]> {
  const groups = new Map<string, SluiceRecord[]>();
  for (const record of records) {
    const name = recordId({ ...record, key: '' });
    const group = groups.get(name) ?? [];
    groups.set(name, group);
    group.push(record);
  }
  return groups.values();
}

/** The statement asks for the revision itself, too, so that no row is ever replaced by one that does not follow it. */
async function keepRecords(connection: Connection, records: readonly SluiceRecord[], places: number): Promise<void> {
  let kept = 0n;
  let place = places;
  for (const portion of portions(records)) {
    const rows = portion.map((record) => {
      place += 1;
      return { ...recordName(record), place, revision: record.revision, due_at: dueAtOf(record), body: JSON.stringify(record) };
    });
    const result = await connection
      .insertInto('sluice_records')
      .values(rows)
      .onConflict((conflict) =>
        conflict
          .columns(['project', 'environment', 'kind', 'key'])
          .doUpdateSet(({ ref }) => ({
            revision: ref('excluded.revision'),
            due_at: ref('excluded.due_at'),
            body: ref('excluded.body'),
          }))
          .where(({ eb, ref }) => eb('sluice_records.revision', '=', eb(ref('excluded.revision'), '-', 1))),
      )
      .executeTakeFirst();
    kept += result.numInsertedOrUpdatedRows ?? 0n;
  }
  if (Number(kept) !== records.length)
    throw new SluiceError('conflict', 'somebody else changed one of the records first; read it again');
}

async function keepEvents(connection: Connection, events: readonly LoggedEvent[]): Promise<void> {
  for (const portion of portions(events)) {
    const rows = portion.map((event) => {
      const { seq, ...rest } = event;
      const request = event.receipt === undefined ? null : columnText(event.receipt.id);
      return { ...recordName(event), seq, type: event.type, request, body: JSON.stringify(rest) };
    });
    await connection.insertInto('sluice_events').values(rows).execute();
  }
}
