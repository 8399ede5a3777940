/** Who sent a batch of facts, and how long that is remembered, so that one which comes again counts once. */
export interface Sender {
  readonly instanceId: string;
  /** The batch's number there, from 1 and growing. */
  readonly seq: number;
  /** It sends this one batch and no other, and is known for a day; one that sends many for `SENDER_REMEMBERED_MS` after its last. */
  readonly isOneRequest?: boolean;
}

/**
 * How long a repeated batch is known as one after the sender's last, in milliseconds: 90 days. A row of some 100 bytes for each process that sends: a thousand
 * processes that start anew each day are 9 MB.
 */
export const SENDER_REMEMBERED_MS = 90 * 86_400_000;
/** As long as receipts are. */
const REQUEST_REMEMBERED_MS = 86_400_000;

/** Milliseconds since 1970. */
export function rememberedUntil({ isOneRequest = false }: Sender, now: number): number {
  return now + (isOneRequest ? REQUEST_REMEMBERED_MS : SENDER_REMEMBERED_MS);
}
