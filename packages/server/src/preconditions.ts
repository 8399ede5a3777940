/** `If-Match` and `If-None-Match: *`: a change is made of the revision that the caller has seen, or not at all. */
import { type Route, revisionOfEtag } from '@sluice/protocol';
import type { FastifyRequest } from 'fastify';
import { SluiceError } from 'sluice';
import { preconditionFailed } from './http-problem.ts';

/**
 * The revision that the change is wanted of, 0 for one that must not be there; undefined where the caller does not care. The decision itself
 * checks it, so that nobody can be first in between.
 * @throws SluiceError `invalid` for a header that is none
 */
export function expectedRevision({ matchesRevision }: Route, { headers }: Pick<FastifyRequest, 'headers'>): number | undefined {
  if (!matchesRevision) return undefined;
  if (headers['if-none-match']?.trim() === '*') return 0;
  const wanted = headers['if-match'];
  return wanted === undefined ? undefined : revisionOfEtag(wanted);
}

/** Of a change that was wanted of one revision, the conflict of revisions is a failed precondition. */
export function asPrecondition(error: unknown, expected: number | undefined): unknown {
  const isRevision = expected !== undefined && error instanceof SluiceError && error.code === 'conflict';
  return isRevision && /revision/.test(error.message) ? preconditionFailed(error.message) : error;
}
