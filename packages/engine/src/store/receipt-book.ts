/** The receipts of requests that a store keeps in memory, under one rule: a request makes one change. */
import { type Change, type LoggedEvent, type Receipt, SluiceError } from '@sluice/core';

/** A receipt is kept at least so long, in milliseconds. */
export const RECEIPT_MS = 24 * 3_600_000;

export interface KeptReceipt {
  readonly receipt: Receipt;
  /** Of its change, in milliseconds since 1970; never before that of an older one. */
  readonly at: number;
}

export class ReceiptBook {
  /** In order of `at`. */
  readonly #kept = new Map<string, KeptReceipt>();
  #newest = Number.NEGATIVE_INFINITY;

  /** @throws SluiceError `repeated` when a change of this request was kept already */
  check({ receipt }: Change): void {
    const kept = receipt === undefined ? undefined : this.#kept.get(receipt.id);
    if (kept !== undefined) throw repeatedRequest(kept.receipt);
  }

  /** `events` are those of the change; a store has no other clock. */
  apply(receipt: Receipt | undefined, events: readonly Pick<LoggedEvent, 'at'>[]): void {
    this.#newest = newestOf(this.#newest, events);
    for (const [id, { at }] of this.#kept) {
      if (at >= this.#newest - RECEIPT_MS) break;
      this.#kept.delete(id);
    }
    if (receipt !== undefined) this.#kept.set(receipt.id, { receipt, at: this.#newest });
  }

  all(): KeptReceipt[] {
    return [...this.#kept.values()];
  }

  restore(kept: readonly KeptReceipt[]): void {
    this.#kept.clear();
    for (const one of kept) this.#kept.set(one.receipt.id, one);
    this.#newest = newestOf(this.#newest, kept);
  }
}

/** The last instant of all, in milliseconds since 1970. One after the other: as arguments of one call, very many would not fit the stack. */
export function newestOf(newest: number, later: readonly { readonly at: number }[]): number {
  return later.reduce((last, { at }) => Math.max(last, at), newest);
}

/** How a store refuses a change of a request that it has kept one of. */
export function repeatedRequest(kept: Receipt): SluiceError {
  return new SluiceError(
    'repeated',
    `a change of the request "${kept.id}" was kept already (fingerprint "${kept.fingerprint}")`,
    { repeats: kept },
  );
}

/** The events of a change as they are kept: with their places in the log, the first after `seq`, and the receipt. */
export function loggedEvents({ events, receipt }: Pick<Change, 'events' | 'receipt'>, seq: number): LoggedEvent[] {
  return events.map((event, index): LoggedEvent => {
    const logged = { ...event, seq: seq + index + 1 };
    return receipt === undefined ? logged : { ...logged, receipt };
  });
}
