/**
 * Google Cloud, 12 June 2025: code that nobody had exercised met a policy with blank fields, which went everywhere in seconds.
 * A stage counts only when enough units were served by it, whatever its validator says; blank fields are refused where they are written.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createSluice, fileStore, manualClock, memoryStore } from 'sluice';
import { describe, expect, it } from 'vitest';
import { flagFile, HOUR, MINUTE, people, problemsOf, SECOND, START, servedOf } from './incident.testing.ts';

describe('a code path that nobody exercises', () => {
  it('advances no stage, is held at the deadline for lack of exposures, and goes on when it is exercised', async () => {
    const clock = manualClock(START);
    const sluice = createSluice({ store: memoryStore(), clock });
    const { flags, rollouts } = sluice;
    await flags.setFlag('quota_check', { enabled: true, rolloutPercentage: 0 });
    const settings = { bakeMs: MINUTE, stageDeadlineMs: 3 * HOUR, minExposures: 100, tickMs: 10 * SECOND };
    await rollouts.startRollout('quota_check', { strategy: 'percentage', stages: [10, 100], validate: () => true, ...settings });
    const status = () => rollouts.getRolloutStatus('quota_check');
    await clock.advance(2 * HOUR);
    expect(status()).toMatchObject({ phase: 'baking', currentPercentage: 10, waitingFor: '0 of 100 units served' });
    await clock.advance(24 * HOUR);
    expect(status()).toMatchObject({ phase: 'held', state: { reason: 'noData' }, currentPercentage: 10 });
    expect(servedOf(sluice, 'quota_check', people(2_000)).length).toBeLessThan(300);
    await clock.advance(2 * MINUTE);
    expect(status()).toMatchObject({ phase: 'finalizing', currentPercentage: 100 });
  });

  it('is waited for without being asked to, where criteria judge', async () => {
    const clock = manualClock(START);
    const { flags, rollouts, metrics } = createSluice({ store: memoryStore(), clock });
    await flags.setFlag('quota_check', { enabled: true, rolloutPercentage: 0 });
    const criteria = [{ metric: 'mean(healthy)', min: 1, minSamples: 1 }];
    await rollouts.startRollout('quota_check', { strategy: 'canary', criteria, bakeMs: MINUTE });
    for (let passed = 0; passed < HOUR; passed += MINUTE) {
      metrics.observe('healthy', 1, { flag: 'quota_check', variant: 'on' });
      await clock.advance(MINUTE);
    }
    expect(rollouts.getRolloutStatus('quota_check')).toMatchObject({ currentPercentage: 1, waitingFor: '0 of 100 units served' });
  });
});

describe('a policy with a blank field', () => {
  it('is refused where it is written, with its place, and nothing of it is applied', async () => {
    const [file, clock] = [flagFile(), manualClock(START)];
    const sluice = createSluice({ store: fileStore(file, { clock, watch: false }), clock });
    const { flags } = sluice;
    await flags.setFlag('quota_check', { enabled: true, description: 'as it was', conditions: { region: 'eu' } });
    const blank = [
      [{ conditions: { region: null } }, '/conditions/region'],
      [{ conditions: { region: { in: [] }, limit: {} } }, '/conditions/limit'],
      [{ rules: [{ if: { region: '' }, variant: '' }] }, '/rules/0/variant'],
      [{ variants: { off: false, on: undefined } }, '/variants'],
    ] as const;
    for (const [settings, place] of blank)
      await expect(flags.setFlag('quota_check', { ...settings, description: 'new' } as never)).rejects.toThrow(place);
    const problems = problemsOf(sluice);
    const good = readFileSync(file, 'utf8');
    for (const part of ['"region": null', '"region":', '"region": {}']) {
      writeFileSync(file, good.replace(/"region": ?"eu"/, part));
      await expect(flags.reload(), part).rejects.toThrow(/feature_flags\.json:\d+:\d+/);
    }
    expect(problems).toEqual([]);
    expect(flags.getFlag('quota_check')).toMatchObject({ revision: 1, description: 'as it was', conditions: { region: 'eu' } });
    await sluice.close();
  });
});
