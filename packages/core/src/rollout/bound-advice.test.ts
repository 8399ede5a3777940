import { describe, expect, it } from 'vitest';
import type { CriterionSettings } from '../analysis/parse-criterion.ts';
import { boundWarnings } from './bound-advice.ts';
import { parseRolloutSettings } from './settings.ts';
import { flagOf, START } from './world.testing.ts';

function warnings(criterion: CriterionSettings, value: number, samples = 5000): string[] {
  const plan = parseRolloutSettings(flagOf(), { strategy: 'canary', criteria: [criterion], unvalidated: true });
  return boundWarnings(plan, () => ({ kind: 'value', value, samples, at: START }));
}

describe('a fixed bound', () => {
  it('is warned of once where the rate before the change breaks it by chance, with the chance and the samples that make it seldom', () => {
    // 1 − (1 − 0.2293)⁶ = 0.790, where 0.2293 is the chance of a window; simulated canaries come to 64 to 80 %.
    expect(warnings({ metric: 'errorRate', max: 0.05 }, 0.02)).toEqual([
      'criterion "errorRate": errorRate is 0.02 over 5000 samples without the change, a change as good as that breaks max 0.05 by chance in up to about 79 of 100 rollouts (from 20 samples on, 6 windows): set minSamples to 200 or more, for at most 5 of 100, if a window has so many, or compare it with the control (versusControl: 1.2)',
    ]);
  });

  it('is warned of for a rate that is assumed, as for one that is measured', () => {
    const plan = parseRolloutSettings(flagOf(), { strategy: 'canary', criteria: [{ metric: 'errorRate', max: 0.05 }] });
    expect(boundWarnings(plan, () => ({ kind: 'assumed', value: 0.01 }))).toEqual([
      expect.stringMatching(/if errorRate is 0.01 without .* about 33 of 100 rollouts .*: set minSamples to 80 or more/),
    ]);
    expect(boundWarnings(plan, () => ({ kind: 'assumed', value: 0.045 }))).toEqual([
      expect.stringMatching(/about 99 of 100 rollouts [^:]*: compare it with the control/),
    ]);
  });

  it('is not warned of where it is far, where many samples are waited for, or where nothing is known', () => {
    expect(warnings({ metric: 'errorRate', max: 0.5 }, 0.02)).toEqual([]);
    expect(warnings({ metric: 'errorRate', max: 0.05, minSamples: 300 }, 0.02)).toEqual([]);
    expect(warnings({ metric: 'errorRate', max: 0.05 }, 0)).toEqual([]);
    expect(warnings({ metric: 'errorRate', max: 0.05 }, 0.02, 19)).toEqual([]);
    expect(warnings({ metric: 'errorRate', versusControl: 1.2 }, 0.3)).toEqual([]);
    expect(warnings({ metric: 'errorRate', max: 0.05, dryRun: true }, 0.02)).toEqual([]);
  });

  it('of any metric is warned of where what is served now breaks it already', () => {
    expect(warnings({ metric: 'p95', max: 200 }, 300)).toEqual([expect.stringContaining('breaks its bound already')]);
    expect(warnings({ metric: 'mean(accuracy)', min: 0.9 }, 0.8)).toHaveLength(1);
    expect(warnings({ metric: 'p95', max: 200 }, 190)).toEqual([]);
  });
});
