/** What a server knows of its store: whether it answers, and of when that is which is served while it does not. */
import { type LastGoodStore, SluiceError } from 'sluice';

export type ServedStore = Pick<LastGoodStore, 'staleness' | 'takesWrites' | 'commits' | 'heardAllAt'>;

/** Names the instant as of which is answered; on every answer while the store does not answer. */
export const SERVED_AS_OF = 'Sluice-Served-As-Of';

/** When the store last answered, ISO 8601; null while it does. */
export function servedAsOf({ staleness }: ServedStore): string | null {
  return staleness === null ? null : new Date(staleness.asOf).toISOString();
}

/** Why somebody is not known who may well be somebody; null where everybody is. To say 401 would end sessions and tokens that are good. */
export function unknownYet({ staleness }: ServedStore): SluiceError | null {
  if (staleness?.isFromFile !== true) return null;
  const asOf = new Date(staleness.asOf).toISOString();
  return new SluiceError(
    'unavailable',
    `the database has been away since this server started: people are not known, and of tokens those of ${asOf}. ${MEANWHILE}`,
  );
}

/** What can be done although nothing can be kept. */
export const MEANWHILE =
  'A flag can be turned off meanwhile by POST /api/v1/break-glass/kill, with the token in the file break-glass.token of the server';
