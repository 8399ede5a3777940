/** Counts of requests and of the events among them, as other systems give them. */
import { SluiceError } from '@sluice/core';
import { describeValue } from '../failure.ts';
import { badQuery } from './bounded-fetch.ts';
import type { EventCount } from './metric-source.ts';

const COUNT_EVERY_MS = 60_000;

/** Counts that were reckoned by rates are no whole numbers; both are rounded. */
export function wholeCounts(requests: number, events: number): EventCount {
  const whole = { requests: Math.round(requests), events: Math.round(events) };
  const isCount = (count: number): boolean => Number.isSafeInteger(count) && count >= 0;
  if (isCount(whole.requests) && isCount(whole.events)) return { kind: 'counts', ...whole };
  return badQuery(
    `the counts are ${events} of ${requests}; a count is a whole number that is not negative, also when a counter starts anew`,
  );
}

/** @throws SluiceError `invalid` */
export function parseCountEvery(ms: unknown): number {
  if (ms === undefined) return COUNT_EVERY_MS;
  if (typeof ms === 'number' && ms >= 1000 && Number.isFinite(ms)) return ms;
  const issue = { path: '/countEveryMs', message: `must be a finite number of 1000 or more; it is ${describeValue(ms)}` };
  throw new SluiceError('invalid', `metric source: ${issue.path} ${issue.message}`, { issues: [issue] });
}
