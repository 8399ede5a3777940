/**
 * Tallies and the unit ledger in the database. A facts book decides: it is given all that a batch touches, takes the batch in, and what it then
 * holds is kept, in one transaction.
 */
import { emptyTotals, type Scope, type UnitValues, unitValuesOf } from '@sluice/core';
import { FactsBook } from '../facts-book.ts';
import type { FactsBatch } from '../store.ts';
import { allRows, keepRows, readRows, type UnitRow } from './ledger-rows.ts';
import type { Connection, SqlDialect } from './sql-dialect.ts';
import {
  forgetTallies,
  type KeptTotals,
  keepTallies,
  keepTotals,
  lockTallies,
  lockTotals,
  readTotals,
  type Subject,
  subjectsOf,
} from './subject-rows.ts';
import { columnText } from './tables.ts';

/** Within a transaction that writes. */
export async function addBatch(connection: Connection, dialect: SqlDialect, batch: FactsBatch): Promise<void> {
  const instance = columnText(batch.instanceId);
  const known = await lockInstance(connection, dialect, instance);
  if (batch.seq <= known.seq) return;
  const counted = subjectsOf(batch.tallies);
  const { scope } = batch;
  const measured = subjectsOf(
    [...batch.units, ...batch.observations, ...(batch.looks ?? [])].map(({ subject }) => ({ scope, subject })),
  );
  const tallies = await lockTallies(connection, dialect, counted);
  const totals = await lockTotals(connection, dialect, measured);
  const book = new FactsBook(Number.POSITIVE_INFINITY);
  book.restore({
    type: 'sums',
    instances: [[batch.instanceId, known.seq]],
    tallies: [...tallies].map(([id, kept]) => [id, kept.tally]),
    keptUntil: [...tallies].flatMap(([id, { keepUntil }]) => (keepUntil === null ? [] : [[id, keepUntil]])),
    totals: [...totals].map(([id, kept]) => [id, kept.totals]),
  });
  const work = new LedgerWork(connection, dialect, book);
  for (const subject of measured) await work.bring(subject, totals.get(subject.id), batch);
  // What is to be forgotten is for the most part not in this book.
  const { forgetBefore, ...facts } = batch;
  book.merge(facts);
  for (const id of book.worn()) await work.rebuild(id);
  await work.keep();
  await keepTallies(
    connection,
    counted.map((subject) => ({
      ...subject,
      tally: book.tally(subject.scope, subject.subject),
      keepUntil: book.keptUntil(subject.id),
    })),
  );
  const keep_until = latest(known.keep_until, batch.rememberUntil);
  await connection.updateTable('sluice_instances').set({ seq: batch.seq, keep_until }).where('instance', '=', instance).execute();
  if (forgetBefore === undefined) return;
  await forgetTallies(connection, forgetBefore);
  await connection.deleteFrom('sluice_instances').where('keep_until', '<', forgetBefore).execute();
}

function latest(known: number | null, given: number | undefined): number | null {
  return given === undefined ? known : Math.max(known ?? given, given);
}

/** The last batch of this instance, 0 before its first, and until when it is remembered. */
async function lockInstance(
  connection: Connection,
  dialect: SqlDialect,
  instance: string,
): Promise<{ readonly seq: number; readonly keep_until: number | null }> {
  await connection
    .insertInto('sluice_instances')
    .values({ instance, seq: 0, keep_until: null })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return connection
    .selectFrom('sluice_instances')
    .select(['seq', 'keep_until'])
    .where('instance', '=', instance)
    .$if(dialect.locksRows, (query) => query.forUpdate())
    .executeTakeFirstOrThrow();
}

/** What one batch needs of the ledger and leaves in it. */
class LedgerWork {
  readonly #connection: Connection;
  readonly #dialect: SqlDialect;
  readonly #book: FactsBook;
  readonly #subjects = new Map<string, Subject & { readonly kept: KeptTotals; readonly units: ReadonlySet<string> }>();

  constructor(connection: Connection, dialect: SqlDialect, book: FactsBook) {
    this.#connection = connection;
    this.#dialect = dialect;
    this.#book = book;
  }

  /** Gives the book the rows of all units that the batch tells of. */
  async bring(subject: Subject, kept: KeptTotals | undefined, batch: FactsBatch): Promise<void> {
    if (kept === undefined) throw new Error(`the subject ${subject.subject} was not locked`);
    const units = new Set(batch.units.filter((delta) => delta.subject === subject.subject).map(({ unit }) => unit));
    this.#subjects.set(subject.id, { ...subject, kept, units });
    const rows = await readRows(this.#connection, kept.number, [...units]);
    this.#book.restore({ type: 'rows', subject: subject.id, rows });
    if (kept.replaced > 0) this.#book.restoreReplaced(subject.id, kept.replaced);
  }

  /** All other rows are read for it; what the batch changed is newer than what is kept. */
  async rebuild(id: string): Promise<void> {
    const subject = this.#subjects.get(id);
    if (subject === undefined) return;
    const changed = new Set([...subject.units].map(columnText));
    for await (const page of allRows(this.#connection, subject.kept.number)) {
      const rows = page.filter(([unit]) => !changed.has(unit));
      this.#book.restore({ type: 'rows', subject: id, rows });
      await this.#dialect.pause();
    }
    this.#book.rebuild(id);
  }

  async keep(): Promise<void> {
    for (const { id, scope, subject, kept, units } of this.#subjects.values()) {
      const rows = [...units].flatMap((unit): UnitRow[] => {
        const row = this.#book.row(id, unit);
        return row === undefined ? [] : [[unit, row]];
      });
      await keepRows(this.#connection, this.#dialect, kept.number, rows);
      const totals = this.#book.totals(scope, subject);
      await keepTotals(this.#connection, { number: kept.number, totals, replaced: this.#book.replaced(id) });
    }
  }
}

/** Within a transaction that reads as of one instant. */
export async function readUnitValues(
  connection: Connection,
  scope: Scope,
  subject: string,
  metric: string,
): Promise<UnitValues | null> {
  const kept = await readTotals(connection, scope, subject);
  const totals = kept?.totals ?? emptyTotals();
  const none = unitValuesOf(totals, [], metric);
  if (kept === null || none === null) return none;
  const rows: UnitRow[] = [];
  for await (const page of allRows(connection, kept.number)) rows.push(...page);
  return unitValuesOf(
    totals,
    rows.map(([, row]) => row),
    metric,
  );
}
