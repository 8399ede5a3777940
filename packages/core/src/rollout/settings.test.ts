import { describe, expect, it } from 'vitest';
import { SluiceError } from '../error.ts';
import { parseRolloutSettings } from './settings.ts';
import { flagOf } from './world.testing.ts';

const VERSIONS = flagOf({ variants: { v1: 1, v2: 2 }, offVariant: 'v1', onVariant: 'v1', status: 'enabled', share: 100_000 });

function issuesOf(input: unknown, flag = flagOf()): string[] {
  try {
    parseRolloutSettings(flag, input);
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'invalid')
      return error.issues.map(({ path, message }) => `${path} ${message}`.trim());
    throw error;
  }
  return [];
}

describe('parseRolloutSettings', () => {
  it('fills in what is not said', () => {
    expect(parseRolloutSettings(flagOf(), { strategy: 'canary', validatorName: 'check' })).toMatchObject({
      strategy: 'canary',
      targetPercentage: 100,
      validatorName: 'check',
      validateEveryMs: null,
      validatorDeadlineMs: 30_000,
      toVariant: null,
      tickMs: 1_000,
      stages: Array(6).fill({ bakeMs: 300_000, minExposures: 0, approval: 'auto', deadlineMs: 86_400_000, criteria: [] }),
    });
  });

  it('asks for 100 exposures where criteria judge, unless told otherwise', () => {
    const criteria = [{ metric: 'errorRate', max: 0.05 }];
    const least = (input: object): (number | undefined)[] =>
      parseRolloutSettings(flagOf(), { strategy: 'percentage', ...input }).stages.map(({ minExposures }) => minExposures);
    expect(least({ stages: [5, 100], criteria })).toEqual([100, 100]);
    expect(least({ stages: [5, 100], criteria, validatorName: 'check', minExposures: 7 })).toEqual([7, 7]);
    expect(least({ stages: [{ percentage: 5, criteria }, 100], validatorName: 'check' })).toEqual([100, 0]);
  });

  it('makes every stage manual with autoAdvance false', () => {
    const { stages } = parseRolloutSettings(flagOf(), { strategy: 'canary', unvalidated: true, autoAdvance: false });
    expect(new Set(stages.map(({ approval }) => approval))).toEqual(new Set(['manual']));
  });

  it('plans a move to another variant from nothing, though everybody is served the old one', () => {
    const plan = parseRolloutSettings(VERSIONS, { strategy: 'canary', unvalidated: true, toVariant: 'v2' });
    expect(plan).toMatchObject({ toVariant: 'v2', stages: [{ percentage: 1 }, {}, {}, {}, {}, {}] });
  });

  it('refuses a rollout that nothing judges: a dry run judges nothing', () => {
    const message =
      'nothing would judge this rollout: give `validate`, `criteria`, or `unvalidated: true` to roll out by time alone';
    expect(issuesOf({ strategy: 'canary' })).toEqual([message]);
    expect(issuesOf({ strategy: 'canary', criteria: [{ metric: 'errorRate', max: 0.05, dryRun: true }] })).toEqual([message]);
    expect(issuesOf({ strategy: 'canary', unvalidated: true })).toEqual([]);
  });

  it('names every option that is wrong, and the one that was meant', () => {
    expect(
      issuesOf({ strategy: 'canari', validatorName: '', targetPercentag: 5, bakeMs: Number.NaN, tickMs: 0, autoAdvance: 'yes' }),
    ).toEqual([
      '/targetPercentag is not an option of startRollout (did you mean "targetPercentage"?)',
      '/strategy must be one of canary, blueGreen, percentage, ring; it is "canari"',
      '/bakeMs must be a number of milliseconds from 0 to 315360000000, ten years; it is NaN',
      '/tickMs must be a number of milliseconds from 1 to 315360000000, ten years; it is 0',
      '/autoAdvance must be true or false; it is "yes"',
      '/validatorName must be a text that is not empty; it is ""',
    ]);
    expect(issuesOf({ strategy: 'canary', unvalidated: true, toVariant: 'v9' }, VERSIONS)[0]).toBe(
      '/toVariant must be one of the flag\'s variants (v1, v2); it is "v9"',
    );
    expect(issuesOf(null)).toEqual(['the options must be an object such as { strategy: "canary" }; it is null']);
  });

  it('names what is wrong inside stages and criteria by its place', () => {
    const stages = [{ percentage: 5, approval: 'hand', groups: [''], bakems: 1, criteria: [{ metric: 'p95' }] }, 'all'];
    expect(issuesOf({ strategy: 'percentage', validatorName: 'check', stages, criteria: {} })).toEqual([
      '/criteria must be a list of criteria; it is an object',
      '/stages/0/bakems is not a setting of a stage (did you mean "bakeMs"?)',
      '/stages/0/approval must be auto or manual; it is "hand"',
      '/stages/0/groups must be a list of names of groups; it is a list of 1',
      '/stages/0/criteria/0 needs a bound: max, min or both, or versusControl',
    ]);
    expect(issuesOf({ strategy: 'percentage', validatorName: 'check', stages: [5, 'all'] })).toEqual([
      '/stages/1 must be a number from 0 to 100; it is "all"',
    ]);
    expect(issuesOf({ strategy: 'percentage', validatorName: 'check' })[0]).toContain(
      '/stages the strategy "percentage" needs its list',
    );
  });

  it('refuses a target that is no percentage or served already', () => {
    expect(issuesOf({ strategy: 'canary', unvalidated: true, targetPercentage: 101 })).toEqual([
      '/targetPercentage must be from 0 to 100; it is 101',
    ]);
    expect(issuesOf({ strategy: 'canary', unvalidated: true, targetPercentage: 10 }, flagOf({ share: 10_000 }))[0]).toContain(
      'nothing is left to roll out',
    );
  });

  it('knows the options that its caller takes, too, when one is misspelt', () => {
    for (const [wrong, right] of Object.entries({
      validat: 'validate',
      onconflict: 'onConflict',
      reson: 'reason',
      actr: 'actor',
    }))
      expect(issuesOf({ strategy: 'canary', unvalidated: true, [wrong]: 'x' })[0]).toContain(`(did you mean "${right}"?)`);
  });

  it('takes two hundred stages and no more', () => {
    const stages = (count: number) => ({
      strategy: 'percentage',
      unvalidated: true,
      stages: Array.from({ length: count }, (_, index) => (index + 1) / 10),
    });
    expect(issuesOf(stages(200))).toEqual([]);
    expect(issuesOf(stages(201))).toEqual(['/stages may have at most 200 stages; it has 201']);
  });
});
