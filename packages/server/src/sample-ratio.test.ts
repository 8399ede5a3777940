/** Whether units fell into the arms as configured is asked of all who were told of, whichever way they came. */
import { hashDigits, hashOfKey } from '@sluice/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { E, type World, world } from './world.testing.ts';

let at: World;
beforeEach(async () => {
  at = await world();
  await at.sluice.abTests.createTest({
    ...{ testId: 't', controlComponent: 'a', treatmentComponent: 'b', trafficSplit: 0.5, durationDays: 7 },
    trackedMetrics: ['latency'],
  });
  await at.sluice.abTests.startTest('t');
});
afterEach(() => at.close());

/** Two thirds of them in control, of a test that is half and half. */
const units = Array.from({ length: 900 }, (_, index) => ({
  unit: `user-${index}`,
  variant: index % 3 === 0 ? 'treatment' : 'control',
  value: index % 7,
}));
const ofUnit = ({ unit, variant, value }: (typeof units)[number]) => ({ test: 't', variant, metric: 'latency', value, unit });
const results = () => at.sluice.abTests.getTestResults('t');
const blocked = {
  significant: false,
  reason: 'sample-ratio-mismatch',
  sampleRatio: { observed: { control: 600, treatment: 300 } },
};

it('of exposures that an SDK sends', async () => {
  const sent = await at.ask('POST', `${E}/metrics/observations`, {
    as: 'server',
    body: {
      sender: { instanceId: 'sdk', seq: 1 },
      exposures: units.map(({ unit, variant }) => ({ flag: 't', variant, unit })),
      observations: units.map(ofUnit),
    },
  });
  expect(sent.body).toEqual({ taken: 1800, refused: [] });
  expect(await results()).toMatchObject(blocked);
});

it('of deltas of units', async () => {
  const now = at.clock.now();
  const deltas = units.map(({ unit, variant, value }) => ({
    ...{ subject: 't', unit: hashDigits(hashOfKey(unit)), arm: variant, firstExposureAt: now },
    metrics: { latency: { aggregation: 'mean', count: 1, sum: value, min: value, max: value, from: now } },
  }));
  const body = { instanceId: 'sdk', seq: 1, units: deltas };
  expect((await at.ask('POST', `${E}/metrics/facts`, { as: 'server', body })).body).toMatchObject({ taken: 900, refused: [] });
  expect(await results()).toMatchObject(blocked);
});

it('and not of values alone: with a user they count once that one is exposed, without one it is said that it was not asked', async () => {
  const alone = { observations: units.map(ofUnit).map(({ unit: _, ...value }) => value) };
  expect((await at.ask('POST', `${E}/metrics/observations`, { as: 'server', body: alone })).body).toMatchObject({ taken: 900 });
  const { sampleRatio, sampleSizes, warnings } = await results();
  expect({ sampleRatio, sampleSizes }).toEqual({ sampleRatio: null, sampleSizes: { control: 600, treatment: 300 } });
  expect(warnings.join('\n')).toContain('the sample ratio is not asked: no exposure of a user was told of');
  await at.ask('POST', `${E}/metrics/observations`, {
    as: 'server',
    body: { sender: { instanceId: 'sdk', seq: 1 }, exposures: units.map(({ unit, variant }) => ({ flag: 't', variant, unit })) },
  });
  const asked = await results();
  expect(asked.sampleRatio?.isMismatch).toBe(true);
  expect(asked.warnings.join('\n')).not.toContain('the sample ratio is not asked');
});

it('nor of users with values who were never exposed, who are told of as such', async () => {
  const body = { sender: { instanceId: 'sdk', seq: 1 }, observations: units.map(ofUnit) };
  expect((await at.ask('POST', `${E}/metrics/observations`, { as: 'server', body })).body).toMatchObject({ taken: 900 });
  expect(await results()).toMatchObject({ sampleRatio: null, excludedUnits: { unexposed: 900 }, sampleSizes: { control: 0 } });
});
