/** Who sends facts, and for how long a batch that comes again is known. */
import { SluiceError } from '@sluice/core';
import { describeValue } from '../failure.ts';

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

/** @throws SluiceError `invalid`: a batch with another number could be taken for one that was counted already */
export function checkSender({ instanceId, seq }: Sender): void {
  const problem = (path: string, right: string, value: unknown): SluiceError => {
    const message = `must be ${right}; it is ${describeValue(value)}`;
    return new SluiceError('invalid', `/sender${path} ${message}`, { issues: [{ path: `/sender${path}`, message }] });
  };
  if (typeof instanceId !== 'string' || instanceId === '') throw problem('/instanceId', 'a text that is not empty', instanceId);
  if (!(Number.isSafeInteger(seq) && seq >= 1)) throw problem('/seq', 'a whole number from 1', seq);
}
