import { expect, it } from 'vitest';
import type { Verdict } from '../analysis/criterion.ts';
import { type EvidenceTrail, MAX_EVIDENCE_POINTS, noted } from './evidence-trail.ts';

const verdict = (logE?: number): Verdict => ({
  criterion: 'errorRate',
  verdict: 'pass',
  cause: null,
  message: '',
  value: 0,
  samples: 1,
  dryRun: false,
  at: 0,
  ...(logE === undefined ? {} : { logE }),
});

it('keeps from first to last of a rollout that is looked at for days, in few points', () => {
  let trail: EvidenceTrail | undefined;
  for (let second = 0; second < 200_000; second++) trail = noted(trail, [verdict(second)], second * 1000);
  const points = trail?.points ?? [];
  expect(points.length).toBeLessThanOrEqual(MAX_EVIDENCE_POINTS);
  expect(points.length).toBeGreaterThan(MAX_EVIDENCE_POINTS / 2 - 2);
  expect(points[0]).toEqual({ at: 0, logE: { errorRate: 0 } });
  expect(200_000_000 - (points.at(-1)?.at ?? 0)).toBeLessThanOrEqual(trail?.everyMs ?? 0);
  expect(points.every(({ at, logE }) => logE.errorRate === at / 1000)).toBe(true);
});

it('notes nothing where nothing is compared, nor when the clock is set back', () => {
  expect(noted(undefined, [verdict()], 5)).toBeUndefined();
  const one = noted(undefined, [verdict(1)], 5000);
  expect(noted(one, [verdict()], 9000)).toBe(one);
  expect(noted(one, [verdict(2)], 2000)).toBe(one);
});
