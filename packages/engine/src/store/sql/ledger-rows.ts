/** The rows of the unit ledger. */
import type { LedgerRow } from '@sluice/core';
import { portions } from './portions.ts';
import type { Connection, SqlDialect } from './sql-dialect.ts';
import { columnText } from './tables.ts';

/** Rows that are read at a time where all of a subject are. */
const PAGE = 5_000;

export type UnitRow = readonly [unit: string, row: LedgerRow];

export async function readRows(connection: Connection, number: number, units: readonly string[]): Promise<UnitRow[]> {
  const found: UnitRow[] = [];
  for (const portion of portions(units)) {
    const names = new Map(portion.map((unit) => [columnText(unit), unit]));
    const rows = await connection
      .selectFrom('sluice_ledger')
      .select(['unit', 'body'])
      .where('subject_id', '=', number)
      .where('unit', 'in', [...names.keys()])
      .execute();
    for (const { unit, body } of rows) found.push([names.get(unit) ?? unit, JSON.parse(body) as LedgerRow]);
  }
  return found;
}

/** All of a subject, the units as their columns hold them. */
export async function* allRows(connection: Connection, number: number): AsyncGenerator<readonly UnitRow[]> {
  for (let after = ''; ; ) {
    const rows = await connection
      .selectFrom('sluice_ledger')
      .select(['unit', 'body'])
      .where('subject_id', '=', number)
      .where('unit', '>', after)
      .orderBy('unit')
      .limit(PAGE)
      .execute();
    yield rows.map(({ unit, body }) => [unit, JSON.parse(body) as LedgerRow]);
    if (rows.length < PAGE) return;
    after = rows.at(-1)?.unit ?? '';
  }
}

export async function keepRows(
  connection: Connection,
  dialect: SqlDialect,
  number: number,
  rows: readonly UnitRow[],
): Promise<void> {
  for (const portion of portions(rows)) {
    const values = portion.map(([unit, row]) => ({
      subject_id: number,
      unit: columnText(unit),
      body: JSON.stringify(row),
    }));
    await connection
      .insertInto('sluice_ledger')
      .values(values)
      .onConflict((conflict) =>
        conflict.columns(['subject_id', 'unit']).doUpdateSet(({ ref }) => ({ body: ref('excluded.body') })),
      )
      .execute();
    await dialect.pause();
  }
}
