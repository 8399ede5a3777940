import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Criterion } from './criterion.ts';
import type { ComparedSides } from './versus-control.ts';
import { compareWithControl } from './versus-control.ts';

const measured = { kind: 'value', value: 0.1, samples: 1000, at: 5 } as const;
const criterion = (versusControl: number, metric = 'errorRate'): Criterion => ({
  name: metric,
  metric,
  source: 'collector',
  max: null,
  min: null,
  versusControl,
  minSamples: 20,
  windowMs: 60_000,
  staleAfterMs: 60_000,
  dryRun: false,
});
const figuresOf = (by: Criterion, compared: ComparedSides['compared']) => {
  const found = compareWithControl(by, measured, { compared, comparisons: 1, stages: 1 }, 0);
  if (found === null) throw new Error('nothing was compared');
  return { ...found, figures: found.figures() };
};
const stage = fc.record({
  canaryEvents: fc.nat(60),
  baselineEvents: fc.integer({ min: 1, max: 200 }),
  canaryShare: fc.constantFrom(0.01, 0.1, 0.25, 0.5),
});
const moments = fc.record({
  n: fc.integer({ min: 100, max: 5000 }),
  mean: fc.double({ min: 50, max: 200, noNaN: true }),
  m2: fc.double({ min: 1000, max: 1e6, noNaN: true }),
  shift: fc.constant(0),
});

describe('the band of the ratio to the control', () => {
  it('leaves what is tolerated when, and only when, it is harm: of events over all stages', () => {
    fc.assert(
      fc.property(fc.array(stage, { minLength: 1, maxLength: 3 }), fc.constantFrom(1, 1.5, 2), (stages, tolerated) => {
        const { figures, isWorse } = figuresOf(criterion(tolerated), { kind: 'events', stages });
        fc.pre(Math.abs((figures.lower ?? 0) / tolerated - 1) > 2e-3);
        expect((figures.lower ?? 0) > tolerated).toBe(isWorse);
        const { ratio, lower, upper } = figures;
        // Stages that contradict one another may leave no ratio that explains them all.
        if (ratio !== null && stages.length === 1)
          expect((lower ?? 0) <= ratio * 1.003 && ratio <= 1.003 * (upper ?? Number.POSITIVE_INFINITY)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('leaves what is tolerated when, and only when, it is harm: of means, where larger is worse and where smaller is', () => {
    fc.assert(
      fc.property(moments, moments, fc.constantFrom(1, 1.2, 0.9), (control, change, tolerated) => {
        const { figures, isWorse } = figuresOf(criterion(tolerated, 'mean(latency)'), {
          kind: 'means',
          control,
          change,
          by: 'units',
        });
        const edge = tolerated >= 1 ? figures.lower : figures.upper;
        fc.pre(edge === null || Math.abs(edge / tolerated - 1) > 2e-3);
        expect(edge !== null && (tolerated >= 1 ? edge > tolerated : edge < tolerated)).toBe(isWorse);
        expect(figures.ratio).toBeCloseTo(change.mean / control.mean, 10);
      }),
      { numRuns: 200 },
    );
  });

  it('is open where there is nothing to tell by, and never NaN or infinite', () => {
    const none = figuresOf(criterion(1), { kind: 'events', stages: [{ canaryEvents: 0, baselineEvents: 0, canaryShare: 0.1 }] });
    expect(none.figures).toMatchObject({ of: 'rate', change: 0, control: 0, ratio: null, lower: null, upper: null });
    const alone = figuresOf(criterion(1), {
      kind: 'events',
      stages: [{ canaryEvents: 40, baselineEvents: 0, canaryShare: 0.1 }],
    });
    expect(alone.figures).toMatchObject({ ratio: null, upper: null });
    expect(alone.figures.lower).toBeGreaterThan(10);
    expect(none.figures.neededLogE).toBeCloseTo(Math.log(20), 10);
  });
});
