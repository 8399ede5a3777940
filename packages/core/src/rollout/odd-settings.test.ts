import { describe, expect, it } from 'vitest';
import type { SluiceError } from '../error.ts';
import { parseFlagSettings } from '../flag/settings.ts';
import { percentageToShare } from '../share.ts';
import { parseRolloutSettings } from './settings.ts';
import { flagOf } from './world.testing.ts';

function issuesOf(parse: () => unknown): string[] {
  try {
    parse();
    return [];
  } catch (error) {
    return (error as SluiceError).issues.map(({ path, message }) => `${path} ${message}`);
  }
}

const rollout = (settings: object): string[] =>
  issuesOf(() => parseRolloutSettings(flagOf(), { strategy: 'canary', unvalidated: true, ...settings }));
const flag = (settings: object): string[] => issuesOf(() => parseFlagSettings('f', settings));
const DURATION = 'must be a number of milliseconds from 0 to 315360000000, ten years; it is';

describe('options of a rollout', () => {
  it('count units in whole numbers, and last ten years at most', () => {
    expect(rollout({ minExposures: 1.5 })).toEqual(['/minExposures must be a whole number of units, 0 or more; it is 1.5']);
    expect(rollout({ bakeMs: 1e300, stageDeadlineMs: '60' })).toEqual([
      `/bakeMs ${DURATION} 1e+300`,
      `/stageDeadlineMs ${DURATION} "60"`,
    ]);
    expect(rollout({ stages: [{ percentage: 5, minExposures: 0.5, bakeMs: Number.POSITIVE_INFINITY }] })).toEqual([
      `/stages/0/bakeMs ${DURATION} Infinity`,
      '/stages/0/minExposures must be a whole number of units, 0 or more; it is 0.5',
    ]);
    expect(rollout({ approvalExpiryMs: 1e300 })).toEqual([
      '/approvalExpiryMs must be milliseconds above 0, ten years at most; it is 1e+300',
    ]);
    expect(rollout({ criteria: [{ metric: 'errorRate', max: 0.1, minSamples: 1.5, windowMs: 1e300 }] })).toEqual([
      '/criteria/0/minSamples must be a whole number above 0; it is 1.5',
      '/criteria/0/windowMs must be milliseconds above 0, ten years at most; it is 1e+300',
    ]);
    expect(rollout({ minExposures: 0, bakeMs: 315_360_000_000, stages: [{ percentage: 5, minExposures: 7 }] })).toEqual([]);
  });

  it('tell criteria apart by name', () => {
    const twice = [
      { metric: 'errorRate', max: 0.1 },
      { metric: 'p95', max: 300 },
      { metric: 'errorRate', max: 0.05, dryRun: true },
    ];
    const again = 'is "errorRate" again, which';
    expect(rollout({ criteria: twice })).toEqual([
      `/criteria/2/name ${again} /criteria/0 has; give each a name of its own, by which its verdicts are told apart`,
    ]);
    expect(rollout({ stages: [{ percentage: 5, criteria: twice }] })[0]).toContain(
      `/stages/0/criteria/2/name ${again} /stages/0/criteria/0 has`,
    );
    expect(rollout({ criteria: [...twice.slice(0, 2), { ...twice[2], name: 'stricter' }] })).toEqual([]);
  });

  it('are shown as they are written, a text in quotes', () => {
    expect(rollout({ stages: ['5'] })).toEqual(['/stages/0 must be a number from 0 to 100; it is "5"']);
    expect(rollout({ targetPercentage: '50' })).toEqual(['/targetPercentage must be a number from 0 to 100; it is "50"']);
    expect(issuesOf(() => percentageToShare('50' as never, 'rolloutPercentage'))).toEqual([
      '/rolloutPercentage must be a number from 0 to 100; it is "50"',
    ]);
  });
});

describe('settings of a flag', () => {
  it('say what would be right instead of an empty salt, and of one variant', () => {
    expect(flag({ salt: '' })).toEqual([
      '/salt must be a text that is not empty; leave it out to draw by the key of the flag; it is ""',
    ]);
    expect(flag({ variants: { only: 1 } })).toEqual([
      '/variants must be an object of at least two JSON values by variant name, such as { off: false, on: true }; it has only "only"',
    ]);
    expect(flag({ variants: [1, 2] })[0]).toContain('it is a list of 2');
    expect(flag({ rolloutPercentag: 5 })).toEqual([
      '/rolloutPercentag is not a setting of a flag (did you mean "rolloutPercentage"?)',
    ]);
  });
});
