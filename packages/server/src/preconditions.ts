/** `If-Match` and `If-None-Match: *`: a change is made of the revision that the caller has seen, or not at all. */
import { shown } from '@sluice/core';
import { type Route, revisionOfEtag } from '@sluice/protocol';
import type { FastifyRequest } from 'fastify';
import { SluiceError } from 'sluice';
import { type HttpProblem, invalid, preconditionFailed } from './http-problem.ts';

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

/**
 * A condition that nobody checks would be believed: a change that is of no revision takes none. A kill and a rollback are never refused, so theirs is not
 * looked at; and what only reads changes nothing, whatever the condition.
 * @throws HttpProblem 400
 */
export function refuseIgnoredConditions(route: Route, { headers }: Pick<FastifyRequest, 'headers'>): void {
  if (!route.changes || isNeverRefused(route)) return;
  const { 'if-match': ofRevision, 'if-none-match': ofNone } = headers;
  if (!route.matchesRevision) {
    const given = Object.entries({ 'if-match': ofRevision, 'if-none-match': ofNone }).find(([, value]) => value !== undefined);
    if (given !== undefined) throw condition(given[0], 'must be left out: this change is of no single revision', given[1]);
    return;
  }
  if (ofNone !== undefined && ofNone.trim() !== '*')
    throw condition('if-none-match', 'must be *, for a record that must not be there', ofNone);
  if (ofNone !== undefined && ofRevision !== undefined)
    throw condition('if-match', 'must be left out where if-none-match says that there is no record', ofRevision);
}

function isNeverRefused({ permission }: Route): boolean {
  return permission === 'rollbacks.perform' || permission === 'breakGlass.perform';
}

function condition(header: string, rule: string, given: string | undefined): HttpProblem {
  const message = `${rule}; it is ${shown(given)}`;
  return invalid(`the header ${header} ${message}`, [{ path: `header ${header}`, message }]);
}

/** Of a change that was wanted of one revision, the conflict of revisions is a failed precondition. */
export function asPrecondition(error: unknown, expected: number | undefined): unknown {
  const isRevision = expected !== undefined && error instanceof SluiceError && error.code === 'conflict';
  return isRevision && /revision/.test(error.message) ? preconditionFailed(error.message) : error;
}
