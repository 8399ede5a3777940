import { describe, expect, it } from 'vitest';
import { rolloutWorld } from './rollout-world.testing.ts';

describe('advise', () => {
  it('warns of a rollout before it is started, and the status of one that was started all the same says it once', async () => {
    const { sluice, clock, start } = await rolloutWorld();
    const plan = { strategy: 'percentage', stages: [20, 40, 100], bakeMs: 1_000, unvalidated: true } as const;
    const warnings = sluice.rollouts.advise('f', plan);
    expect(warnings).toEqual([
      expect.stringContaining('the first stage opens 20 %'),
      expect.stringContaining('stage 3 goes from 40 to 100 %'),
      expect.stringContaining('nothing rolls it back by itself'),
    ]);
    expect(sluice.rollouts.getRolloutStatus('f')).toBeUndefined();
    await start(plan);
    expect(sluice.rollouts.getRolloutStatus('f')?.warnings).toEqual(warnings);
    await clock.advance(2_000);
    expect(sluice.rollouts.getRolloutStatus('f')?.warnings).toEqual(warnings);
    await sluice.rollouts.startRollout('f', { ...plan, onConflict: 'supersede' });
    expect(sluice.rollouts.getRolloutStatus('f')?.warnings).toEqual(warnings);
  });

  it('warns of a fixed bound near what is measured now, which a comparison does not need', async () => {
    const { sluice, start } = await rolloutWorld();
    const labels = { flag: 'f', variant: 'off' };
    for (let request = 0; request < 1000; request++) {
      sluice.metrics.count('requests', labels);
      if (request % 50 === 0) sluice.metrics.count('errors', labels);
    }
    const near = { strategy: 'canary', criteria: [{ metric: 'errorRate', max: 0.05 }] } as const;
    const warning = expect.stringMatching(/errorRate is 0.02 over 1000 samples .* about 79 of 100 rollouts .*versusControl: 1.2/);
    expect(sluice.rollouts.advise('f', near)).toEqual([warning]);
    expect(sluice.rollouts.advise('f', { ...near, criteria: [{ metric: 'errorRate', versusControl: 1.2 }] })).toEqual([]);
    await start(near);
    expect(sluice.rollouts.getRolloutStatus('f')?.warnings).toEqual([warning]);
  });

  it('says what is wrong with a plan that cannot be started at all', async () => {
    const { sluice } = await rolloutWorld();
    expect(() => sluice.rollouts.advise('f', { strategy: 'percentage' })).toThrow('needs its list of stages');
    expect(() => sluice.rollouts.advise('g', { strategy: 'canary' })).toThrow('does not exist');
    expect(sluice.rollouts.advise('f', { strategy: 'canary', validate: () => true })).toEqual([]);
  });

  it('warns of a test before it is created, and the results of one that runs say it too, until it is stopped', async () => {
    const { sluice, start } = await rolloutWorld();
    const test = { testId: 't', controlComponent: 'a', treatmentComponent: 'b' };
    const odd = { ...test, trafficSplit: 0.1, durationDays: 1 };
    expect(sluice.abTests.advise(test)).toEqual([]);
    const arms = ['control', 'x', 'y'].map((variant) => ({ variant, component: `${variant}-model` }));
    expect(sluice.abTests.advise({ testId: 't', arms })).toEqual([]);
    const warnings = sluice.abTests.advise(odd);
    expect(warnings).toEqual([
      'the split is 90/10; equal parts find a difference soonest and are least open to bias',
      'it runs for 1 day; less than 7 days leave out how the days of a week differ',
    ]);
    await sluice.abTests.createTest(odd);
    await sluice.abTests.startTest('t');
    expect((await sluice.abTests.getTestResults('t')).warnings).toEqual(expect.arrayContaining(warnings));
    expect(sluice.abTests.advise({ ...test, testId: 'u', controlComponent: 'c' })).toEqual([
      expect.stringContaining('the test "t" compares b at the same time'),
    ]);
    await sluice.flags.setFlag('f', { prerequisites: [{ flag: 't', variants: ['treatment'] }] });
    await start({ validate: () => true });
    expect(sluice.rollouts.getRolloutStatus('f')?.warnings).toEqual([
      expect.stringContaining('the test "t" runs at the same time'),
    ]);
    await sluice.abTests.stopTest('t');
    expect((await sluice.abTests.getTestResults('t')).warnings.join()).not.toContain('the split is');
  });
});
