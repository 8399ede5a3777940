/** Receipts of requests in a database: kept by the transaction that keeps their change. */
import type { LoggedEvent, Receipt } from '@sluice/core';
import { RECEIPT_MS, repeatedRequest } from '../receipt-book.ts';
import type { Connection } from './sql-dialect.ts';
import { columnText } from './tables.ts';

/** @throws SluiceError `repeated` when a change of this request was kept already */
export async function checkReceipt(connection: Connection, { id }: Receipt): Promise<void> {
  const kept = await connection.selectFrom('sluice_receipts').select('body').where('id', '=', columnText(id)).executeTakeFirst();
  if (kept !== undefined) throw repeatedRequest(JSON.parse(kept.body) as Receipt);
}

/** Those whose time is over go. `events` are those of the change; a store has no other clock. */
export async function keepReceipt(
  connection: Connection,
  receipt: Receipt,
  events: readonly Pick<LoggedEvent, 'at'>[],
): Promise<void> {
  const newest = await connection
    .selectFrom('sluice_receipts')
    .select(({ fn }) => fn.max('kept_at').as('at'))
    .executeTakeFirst();
  const at = Math.max(newest?.at ?? Number.NEGATIVE_INFINITY, ...events.map((event) => event.at));
  await connection
    .deleteFrom('sluice_receipts')
    .where('kept_at', '<', at - RECEIPT_MS)
    .execute();
  await connection
    .insertInto('sluice_receipts')
    .values({ id: columnText(receipt.id), kept_at: Number.isFinite(at) ? at : 0, body: JSON.stringify(receipt) })
    .execute();
}
