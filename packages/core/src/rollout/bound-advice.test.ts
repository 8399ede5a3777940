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
  it('is warned of once where the rate before the change breaks it by chance, with the chance', () => {
    // P(more than 1 of 20) at 2 % is 0.0599.
    expect(warnings({ metric: 'errorRate', max: 0.05 }, 0.02)).toEqual([
      'criterion "errorRate": errorRate is 0.02 over 5000 samples without the change; at that rate 20 requests of a harmless change break max 0.05 by chance once in 17 times, and it is looked at all the time: compare it with the control (versusControl: 1.2), or raise minSamples',
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
