/** A test and what the ledger would hold of it. */
import type { Moments } from '../analysis/moments.ts';
import type { Experiment, TrackedMetric } from './experiment.ts';
import { emptyTotals, type SubjectTotals } from './ledger.ts';
import { trackedMetric } from './metric.ts';

export const metric = (name: string, more: Partial<TrackedMetric> = {}): TrackedMetric => ({ ...trackedMetric(name), ...more });

export function experimentOf(trackedMetrics: readonly TrackedMetric[], more: Partial<Experiment> = {}): Experiment {
  return {
    kind: 'experiment',
    scope: { project: 'default', environment: 'production' },
    key: 't',
    revision: 2,
    description: '',
    arms: [
      { variant: 'control', component: 'a', weight: 50_000 },
      { variant: 'treatment', component: 'b', weight: 50_000 },
    ],
    trafficShare: 100_000,
    eligibility: {},
    layer: null,
    slots: null,
    durationMs: 1000,
    trackedMetrics,
    dimensions: [],
    method: 'sequence',
    plannedUnits: null,
    tags: [],
    phase: 'running',
    number: 1,
    startAt: null,
    createdAt: 0,
    startedAt: 0,
    stoppedAt: null,
    stopReason: null,
    dueAt: 1000,
    drawnBy: null,
    shipped: null,
    archivedAt: null,
    ...more,
  };
}

type Sample = readonly [n: number, mean: number, variance: number];

/** What the ledger would hold of such samples; `exposed` unless as many as have values. */
export function totalsOf(
  samples: Readonly<Record<string, readonly [control: Sample, treatment: Sample]>>,
  exposed?: readonly [control: number, treatment: number],
): SubjectTotals {
  const moments = ([n, mean, variance]: Sample): Moments => ({ n, mean, m2: variance * (n - 1), shift: 0 });
  const arms = (['control', 'treatment'] as const).map((arm, index) => {
    const metrics = Object.entries(samples).map(([name, pair]) => [name, moments(pair[index] ?? pair[0])] as const);
    return [arm, { exposed: exposed?.[index] ?? metrics[0]?.[1].n ?? 0, metrics: Object.fromEntries(metrics) }] as const;
  });
  const known = { shift: 0, unit: 'user', foundRole: 'primary', aggregation: 'mean' } as const;
  return {
    ...emptyTotals(),
    arms: Object.fromEntries(arms),
    metrics: Object.fromEntries(Object.keys(samples).map((name) => [name, known])),
  };
}

/** A running test with one primary metric. */
export const SINGLE = experimentOf([metric('a')]);
export const same = (n: number): readonly [Sample, Sample] => [
  [n, 10, 4],
  [n, 10, 4],
];
export const differing = (n: number, by = 1): readonly [Sample, Sample] => [
  [n, 10, 4],
  [n, 10 + by, 4],
];
