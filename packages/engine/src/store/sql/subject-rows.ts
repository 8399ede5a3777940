/** The sums of subjects as rows: tallies, and totals with the number of their subject in the ledger. */
import { emptyTally, emptyTotals, type Scope, type SubjectTotals, type Tally } from '@sluice/core';
import { subjectId } from '../facts-book.ts';
import { portions } from './portions.ts';
import { scopeName } from './record-rows.ts';
import type { Connection, SqlDialect } from './sql-dialect.ts';
import { columnText, type SubjectName } from './tables.ts';

/** A subject of a scope, with its name in a facts book. */
export interface Subject {
  readonly id: string;
  readonly scope: Scope;
  readonly subject: string;
}

export interface KeptTally {
  readonly tally: Tally;
  /** Null for ever. */
  readonly keepUntil: number | null;
}

export interface KeptTotals {
  /** Its number in the ledger. */
  readonly number: number;
  readonly totals: SubjectTotals;
  /** Values that took another's place since the sums were last taken anew. */
  readonly replaced: number;
}

/** Each once. */
export function subjectsOf(named: Iterable<{ readonly scope: Scope; readonly subject: string }>): Subject[] {
  const subjects = new Map<string, Subject>();
  for (const { scope, subject } of named) {
    const id = subjectId(scope, subject);
    subjects.set(id, { id, scope, subject });
  }
  return [...subjects.values()];
}

function subjectName({ scope, subject }: Omit<Subject, 'id'>): SubjectName {
  return { ...scopeName(scope), subject: columnText(subject) };
}

/** Subjects of one scope and few enough for one statement. */
function* alike(subjects: readonly Subject[]): Generator<readonly Subject[]> {
  const scopes = new Map<string, Subject[]>();
  for (const subject of subjects) {
    const name = subjectId(subject.scope, '');
    scopes.set(name, [...(scopes.get(name) ?? []), subject]);
  }
  for (const group of scopes.values()) yield* portions(group);
}

/** By `Subject.id`; every one of them, and nobody else changes them before the transaction ends. */
export async function lockTallies(
  connection: Connection,
  dialect: SqlDialect,
  subjects: readonly Subject[],
): Promise<Map<string, KeptTally>> {
  const tallies = new Map<string, KeptTally>();
  for (const group of alike(subjects)) {
    const read = () => selectTallies(connection, dialect, group);
    for (const { id, ...kept } of await everyOne(group, read, async (missing) => {
      const rows = missing.map((subject) => ({ ...subjectName(subject), body: JSON.stringify(emptyTally()), keep_until: null }));
      const insert = connection.insertInto('sluice_tallies').values(rows);
      await insert.onConflict((conflict) => conflict.doNothing()).execute();
    }))
      tallies.set(id, kept);
  }
  return tallies;
}

async function selectTallies(connection: Connection, dialect: SqlDialect, group: readonly Subject[]) {
  const ids = idsByName(group);
  const rows = await connection
    .selectFrom('sluice_tallies')
    .select(['subject', 'body', 'keep_until'])
    .where('project', '=', ids.scope.project)
    .where('environment', '=', ids.scope.environment)
    .where('subject', 'in', [...ids.names.keys()])
    .orderBy('subject')
    .$if(dialect.locksRows, (query) => query.forUpdate())
    .execute();
  return rows.map(({ subject, body, keep_until }) => ({
    id: ids.names.get(subject) ?? '',
    tally: JSON.parse(body) as Tally,
    keepUntil: keep_until,
  }));
}

/** By `Subject.id`; every one of them, and nobody else changes them before the transaction ends. */
export async function lockTotals(
  connection: Connection,
  dialect: SqlDialect,
  subjects: readonly Subject[],
): Promise<Map<string, KeptTotals>> {
  const kept = new Map<string, KeptTotals>();
  for (const group of alike(subjects)) {
    const read = () => selectTotals(connection, group, dialect.locksRows);
    for (const { id, ...totals } of await everyOne(group, read, async (missing) => {
      const rows = missing.map((subject) => ({ ...subjectName(subject), replaced: 0, totals: JSON.stringify(emptyTotals()) }));
      const insert = connection.insertInto('sluice_subjects').values(rows);
      await insert.onConflict((conflict) => conflict.doNothing()).execute();
    }))
      kept.set(id, totals);
  }
  return kept;
}

async function selectTotals(
  connection: Connection,
  group: readonly Subject[],
  isLocked: boolean,
): Promise<(KeptTotals & { readonly id: string })[]> {
  const ids = idsByName(group);
  const rows = await connection
    .selectFrom('sluice_subjects')
    .select(['subject', 'id', 'totals', 'replaced'])
    .where('project', '=', ids.scope.project)
    .where('environment', '=', ids.scope.environment)
    .where('subject', 'in', [...ids.names.keys()])
    .orderBy('subject')
    .$if(isLocked, (query) => query.forUpdate())
    .execute();
  return rows.map(({ subject, id, totals, replaced }) => ({
    id: ids.names.get(subject) ?? '',
    number: id,
    // Totals that were kept by an earlier version may lack what is new.
    totals: { ...emptyTotals(), ...(JSON.parse(totals) as SubjectTotals) },
    replaced,
  }));
}

function idsByName(group: readonly Subject[]) {
  const scope = scopeName(group[0]?.scope ?? { project: '', environment: '' });
  return { scope, names: new Map(group.map(({ id, subject }) => [columnText(subject), id])) };
}

/** Those that there are; what is missing is made, by whoever comes first, and read again. */
async function everyOne<Row extends { readonly id: string }>(
  group: readonly Subject[],
  read: () => Promise<Row[]>,
  make: (missing: readonly Subject[]) => Promise<void>,
): Promise<Row[]> {
  const rows = await read();
  if (rows.length === group.length) return rows;
  const found = new Set(rows.map(({ id }) => id));
  await make(group.filter(({ id }) => !found.has(id)));
  return read();
}

export async function keepTallies(connection: Connection, tallies: readonly (Subject & KeptTally)[]): Promise<void> {
  for (const portion of portions(tallies)) {
    const rows = portion.map((row) => ({ ...subjectName(row), body: JSON.stringify(row.tally), keep_until: row.keepUntil }));
    await connection
      .insertInto('sluice_tallies')
      .values(rows)
      .onConflict((conflict) =>
        conflict
          .columns(['project', 'environment', 'subject'])
          .doUpdateSet(({ ref }) => ({ body: ref('excluded.body'), keep_until: ref('excluded.keep_until') })),
      )
      .execute();
  }
}

/** Of any scope. */
export async function forgetTallies(connection: Connection, before: number): Promise<void> {
  await connection.deleteFrom('sluice_tallies').where('keep_until', '<', before).execute();
}

export async function keepTotals(connection: Connection, { number, totals, replaced }: KeptTotals): Promise<void> {
  const row = { totals: JSON.stringify(totals), replaced };
  await connection.updateTable('sluice_subjects').set(row).where('id', '=', number).execute();
}

export async function readTally(connection: Connection, scope: Scope, subject: string): Promise<Tally> {
  const name = subjectName({ scope, subject });
  const row = await connection
    .selectFrom('sluice_tallies')
    .select('body')
    .where('project', '=', name.project)
    .where('environment', '=', name.environment)
    .where('subject', '=', name.subject)
    .executeTakeFirst();
  return row === undefined ? emptyTally() : (JSON.parse(row.body) as Tally);
}

/** Null where nothing was told of the subject. */
export async function readTotals(connection: Connection, scope: Scope, subject: string): Promise<KeptTotals | null> {
  const [row] = await selectTotals(connection, subjectsOf([{ scope, subject }]), false);
  return row ?? null;
}
