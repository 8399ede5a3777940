/** Headers of the API: revisions as entity tags, and keys of repeated requests. */
import { SluiceError, shown } from '@sluice/core';

export const IDEMPOTENCY_KEY = 'idempotency-key';
/** Longest idempotency key, in characters. */
export const MAX_IDEMPOTENCY_KEY = 255;

/** Weak, because the same revision may be written in other bytes by another version of the server. */
export function etagOfRevision(revision: number): string {
  return `W/"r${revision}"`;
}

/**
 * The revision that `If-Match` names.
 * @throws SluiceError `invalid`
 */
export function revisionOfEtag(header: string): number {
  const revision = Number(/^(?:W\/)?"r(\d{1,15})"$/.exec(header.trim())?.[1] ?? Number.NaN);
  if (Number.isSafeInteger(revision)) return revision;
  const message = `must be the ETag of the record, such as W/"r12"; it is ${shown(header)}`;
  throw new SluiceError('invalid', `the header if-match ${message}`, { issues: [{ path: 'header if-match', message }] });
}
