/** How far a connection may be trusted, by the words of the OpenFeature specification. Pure: time and news in, the next state out. */
import type { SluiceError } from '@sluice/core';

/**
 * - `NOT_READY`: there are no definitions yet, or the connection was closed
 * - `READY`: what is evaluated is what the server has
 * - `STALE`: the stream is lost, or what is evaluated comes from disk; evaluation answers the last good values
 * - `ERROR`: so for longer than the grace period, or nothing came in it at all
 * - `FATAL`: the server refuses the token; nothing is tried any more, and evaluation answers the last good values
 */
export const CONNECTION_STATUSES = ['NOT_READY', 'READY', 'STALE', 'ERROR', 'FATAL'] as const;
export type ConnectionStatus = (typeof CONNECTION_STATUSES)[number];

/**
 * - `current`: the definitions are what the server has
 * - `fromDisk`: definitions of an earlier process were found
 * - `lost`: the stream ended, was cut, or was silent for too long
 * - `graceOver`: the grace period ended
 * - `refused`: the server answered 401 or 403
 * - `closed`: by the program
 */
export type ConnectionNews = 'current' | 'fromDisk' | 'lost' | 'graceOver' | 'refused' | 'closed';

export interface StatusChange {
  readonly status: ConnectionStatus;
  readonly before: ConnectionStatus;
  /** Why, unless it is good news. */
  readonly error: SluiceError | null;
}

/** The status after the news; the same one when they change nothing. */
export function statusAfter(status: ConnectionStatus, news: ConnectionNews): ConnectionStatus {
  if (news === 'closed') return 'NOT_READY';
  if (status === 'FATAL') return 'FATAL';
  switch (news) {
    case 'refused':
      return 'FATAL';
    case 'current':
      return 'READY';
    case 'fromDisk':
      return status === 'NOT_READY' ? 'STALE' : status;
    case 'lost':
      return status === 'READY' ? 'STALE' : status;
    case 'graceOver':
      return status === 'READY' ? 'READY' : 'ERROR';
  }
}
