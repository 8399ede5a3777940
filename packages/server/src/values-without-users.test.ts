/** Of a test that takes a part of the traffic, who is outside is served the control, too: a value without its user could be of either. */
import { isInTraffic } from '@sluice/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { E, type World, world } from './world.testing.ts';

let at: World;
beforeEach(async () => {
  at = await world();
});
afterEach(() => at.close());

async function running(settings: object): Promise<void> {
  await at.sluice.abTests.createTest({
    ...{ testId: 't', controlComponent: 'a', treatmentComponent: 'b', durationDays: 7, trackedMetrics: ['latency'] },
    ...settings,
  });
  await at.sluice.abTests.startTest('t');
}

const users = Array.from({ length: 50 }, (_, index) => `user-${index}`);
const value = { test: 't', variant: 'control', metric: 'latency', value: 5 };
const observe = (body: object) => at.ask('POST', `${E}/metrics/observations`, { as: 'server', body });
const moments = { n: 3, mean: 0, m2: 2, shift: 5 };
const tell = (subject = 't') =>
  at.ask('POST', `${E}/metrics/facts`, {
    as: 'server',
    body: { instanceId: 'sdk', seq: 1, observations: [{ subject, arm: 'control', metrics: { latency: moments } }] },
  });
const taken = async (): Promise<number> => (await at.sluice.abTests.getTestResults('t')).sampleSizes.control;

describe.each([
  ['a share of it', { trafficShare: 0.2 }],
  ['who is eligible', { eligibility: { plan: ['pro'] } }],
])('of a test that takes %s', (_, settings) => {
  it('a value without its unit is refused, with the place and the reason, and the rest counts', async () => {
    await running(settings);
    // The refused one comes first: it must not decide that the metric is of values without users.
    const { compiled } = at.sluice.flags.runtime.view.flags.get('t') ?? {};
    const unit = users.find((userId) => compiled !== undefined && isInTraffic(compiled, userId));
    const observations = [value, { ...value, unit }];
    const batch = { sender: { instanceId: 'sdk', seq: 1 }, observations };
    const refused = [{ path: '/observations/0', message: expect.stringContaining('a part of the traffic') }];
    expect((await observe(batch)).body).toEqual({ taken: 1, refused });
    const alone = await observe({ observations });
    expect(alone.body, 'without a sender the same').toEqual({ taken: 1, refused });
    expect(await taken()).toBe(0);
  });

  it('an arm’s delta without units is refused, also by the number of the test’s turn', async () => {
    await running(settings);
    const refused = [{ path: '/observations/0', message: expect.stringContaining('need their unit') }];
    expect((await tell()).body).toEqual({ taken: 0, refused });
    await at.sluice.abTests.rebaseTest('t', { description: 'anew' }, { reason: 'again' });
    const { number } = at.sluice.abTests.getTest('t');
    expect((await tell(`experiment/t/${number}`)).body).toEqual({ taken: 0, refused });
    expect(await taken()).toBe(0);
  });
});

it('of a test of all traffic both are taken', async () => {
  await running({});
  expect((await observe({ observations: [value] })).body).toEqual({ taken: 1, refused: [] });
  expect((await tell()).body).toEqual({ taken: 1, refused: [] });
  expect(await taken()).toBe(4);
});

describe('what a test does not take, in a batch with a sender and in one without', () => {
  const unit = 'user-1';
  it.each([
    ['no such test', { test: 'none', unit }, 'there is no such test'],
    ['no such variant', { variant: 'none', unit }, 'the variant must be one of "control", "treatment"; it is "none"'],
    ['a value beyond all others', { value: 1e60, unit }, 'between -1e50 and 1e50; it is 1e+60'],
    ['a unit without a key', { unit: '' }, 'the userId must be a text of 1 byte to 1 KiB'],
    ['the other kind of a metric', {}, 'it was recorded with a userId before'],
  ])('names why: %s', async (_, given, message) => {
    await running({});
    await observe({ observations: [{ ...value, unit }] });
    const observations = [{ ...value, ...given }];
    for (const batch of [{ observations }, { observations, sender: { instanceId: 'sdk', seq: 1 } }])
      expect((await observe(batch)).body).toEqual({
        taken: 0,
        refused: [{ path: '/observations/0', message: expect.stringContaining(message) }],
      });
  });

  it('names why: it runs no more, or the unit is outside its traffic', async () => {
    await running({ trafficShare: 0.2 });
    const { compiled } = at.sluice.flags.runtime.view.flags.get('t') ?? {};
    const unit = users.find((userId) => compiled !== undefined && !isInTraffic(compiled, userId));
    const alone = async () => (await observe({ observations: [{ ...value, unit }] })).body.refused;
    expect(await alone()).toMatchObject([{ message: expect.stringContaining("outside the test's traffic of 20 %") }]);
    await at.sluice.abTests.stopTest('t');
    expect(await alone()).toMatchObject([{ message: expect.stringContaining('the test is stopped') }]);
  });
});
