/** Receipts as rows: looked up and kept by whoever has locked the head, so that no two changes of a request meet. */
import type { Change } from '@sluice/core';
import { newestOf, RECEIPT_MS, repeatedRequest } from '../receipt-book.ts';
import type { Connection } from './sql-dialect.ts';
import { columnText } from './tables.ts';

/** @throws SluiceError `repeated` when a change of this request was kept already */
export async function checkReceipt(connection: Connection, { receipt }: Change): Promise<void> {
  if (receipt === undefined) return;
  const kept = await connection
    .selectFrom('sluice_receipts')
    .select('fingerprint')
    .where('request', '=', columnText(receipt.id))
    .executeTakeFirst();
  if (kept !== undefined) throw repeatedRequest({ id: receipt.id, fingerprint: JSON.parse(`"${kept.fingerprint}"`) as string });
}

/** Receipts that are a day older than the newest go. */
export async function keepReceipt(connection: Connection, { receipt, events }: Change): Promise<void> {
  if (receipt === undefined) return;
  const { newest } = await connection
    .selectFrom('sluice_receipts')
    .select(({ fn }) => fn.max('kept_at').as('newest'))
    .executeTakeFirstOrThrow();
  const now = newestOf(newest ?? Number.NEGATIVE_INFINITY, events);
  const at = Number.isFinite(now) ? now : 0;
  await connection
    .deleteFrom('sluice_receipts')
    .where('kept_at', '<', at - RECEIPT_MS)
    .execute();
  await connection
    .insertInto('sluice_receipts')
    .values({ request: columnText(receipt.id), fingerprint: columnText(receipt.fingerprint), kept_at: at })
    .execute();
}
