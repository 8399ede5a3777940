import { afterEach, beforeEach, expect, it } from 'vitest';
import { E, type World, world } from '../world.testing.ts';
import { PAGE_REPORT_LIMITS } from './page-reports.ts';

let at: World;
beforeEach(async () => {
  at = await world();
  await startTest();
});
afterEach(() => at.close());

/** In German only, half and half, and by plan. */
async function startTest(): Promise<void> {
  const { abTests } = at.sluice;
  await abTests.createTest({
    ...{ testId: 't', controlComponent: 'a', treatmentComponent: 'b', trafficSplit: 0.5, durationDays: 7, dimensions: ['plan'] },
    trackedMetrics: [{ name: 'revenue', aggregation: 'sum' }],
    eligibility: { country: 'de' },
  });
  await abTests.startTest('t');
}

const context = (targetingKey: string, more: object = {}) => ({ targetingKey, country: 'de', ...more });
const armOf = (unit: string) => at.sluice.flags.explain('t', { userId: unit, attributes: { country: 'de' } })?.variant ?? '';
const other = (arm: string) => (arm === 'control' ? 'treatment' : 'control');
const send = (body: object, as = 'client') => at.ask('POST', '/ofrep/v1/reports', { as, body });
const served = (unit: string, variant = armOf(unit)) => ({
  context: context(unit),
  id: unit,
  exposures: [{ flag: 't', variant }],
});
const sizes = async () => (await at.sluice.abTests.getTestResults('t')).sampleSizes;

/** As a browser sends it of a page that is gone: no header that it would have to ask about. */
const beacon = (body: object, token: string = at.secrets.client) =>
  fetch(`${at.url}/ofrep/v1/reports?token=${token}`, {
    method: 'POST',
    headers: { origin: 'https://shop.example' },
    body: JSON.stringify(body),
  });

it('counts whom a page served what, and what they did, once however often it is sent', async () => {
  const report = { ...served('ann'), values: [{ metric: 'revenue', value: 10 }] };
  for (let turn = 0; turn < 3; turn++) expect((await send(report)).body).toEqual({ taken: 2, refused: [] });
  await send({ ...report, id: 'later', values: [{ metric: 'revenue', value: 5 }] });
  const results = await at.sluice.abTests.getTestResults('t');
  const arm = armOf('ann');
  expect(results.sampleSizes).toMatchObject({ [arm]: 1, [other(arm)]: 0 });
  const means = { control: results.controlMean.revenue, treatment: results.treatmentMean.revenue };
  expect(means[arm as 'control' | 'treatment']).toBe(15);
  expect((await at.sluice.flags.getFlagStats('t')).evaluations).toBe(2);
});

it('takes a text with the token in the URL, of a page of any origin, and answers so that the page may read it', async () => {
  const answer = await beacon(served('ann'));
  expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, '*']);
  expect(await answer.json()).toEqual({ taken: 1, refused: [] });
});

it('takes no other token from a URL, no text at any other route, and nothing that is larger than a browser sends', async () => {
  for (const caller of ['server', 'admin', 'foreign'] as const)
    expect((await beacon(served('ann'), at.secrets[caller])).status, caller).toBe(401);
  expect((await beacon(served('ann'), 'x'.repeat(600))).status).toBe(401);
  const elsewhere = `${at.url}/ofrep/v1/evaluate/flags?token=${at.secrets.client}`;
  expect((await fetch(elsewhere, { method: 'POST', body: '{}' })).status).toBe(401);
  const typed = { authorization: `Bearer ${at.secrets.client}`, 'content-type': 'text/plain' };
  expect((await fetch(`${at.url}/ofrep/v1/evaluate/flags`, { method: 'POST', headers: typed, body: '{}' })).status).toBe(415);
  expect((await beacon({ ...served('ann'), context: context('ann', { long: 'x'.repeat(70_000) }) })).status).toBe(413);
  expect(await sizes()).toMatchObject({ control: 0, treatment: 0 });
});

it('draws by itself: a variant that the unit is not served is left out and named, and so is who is not in the test', async () => {
  const forged = await send(served('ann', other(armOf('ann'))));
  expect(forged.body).toMatchObject({
    taken: 0,
    refused: [{ path: '/exposures/0', message: expect.stringContaining('not served') }],
  });
  const french = { context: { targetingKey: 'ann', country: 'fr' }, id: 'fr', values: [{ metric: 'revenue', value: 1 }] };
  expect((await send(french)).body).toMatchObject({ taken: 0, refused: [{ path: '/values/0' }] });
  // Whom a condition keeps out is served the control, and is in no arm.
  await send({ ...french, id: 'fr2', values: [], exposures: [{ flag: 't', variant: 'control' }] });
  expect(await sizes()).toMatchObject({ control: 0, treatment: 0 });
  expect((await send({ ...served('ann'), exposures: [{ flag: 'none', variant: 'on' }] })).body).toMatchObject({ taken: 0 });
});

it('keeps of the context what the test asks for', async () => {
  for (let user = 0; user < 40; user++) {
    const unit = `user-${user}`;
    await send({ ...served(unit), context: context(unit, { plan: user < 30 ? 'free' : 'paid', age: 7 }) });
  }
  const { dimensions } = await at.sluice.abTests.getTestResults('t');
  const plans = Object.entries(dimensions.plan ?? {}).map(([value, part]) => [
    value,
    (part.sampleSizes.control ?? 0) + (part.sampleSizes.treatment ?? 0),
  ]);
  expect([Object.keys(dimensions), Object.fromEntries(plans)]).toEqual([['plan'], { free: 30, paid: 10 }]);
});

it('puts values of a rollout to the variant that the unit is served', async () => {
  await at.sluice.flags.setFlag('r', { enabled: true, rolloutPercentage: 0 });
  await at.sluice.rollouts.startRollout('r', { strategy: 'percentage', stages: [50, 100], unvalidated: true });
  await at.clock.advance(1_000);
  const report = { context: { targetingKey: 'bob' }, id: 'b', values: [{ metric: 'latency', value: 84 }] };
  expect((await send(report)).body).toEqual({ taken: 1, refused: [] });
});

it('is of one unit, within limits: what has none, too much or too large a value is refused', async () => {
  const nobody = await send({ ...served('ann'), context: {} });
  expect([nobody.status, nobody.body.errorDetails]).toEqual([400, expect.stringContaining('one unit')]);
  const many = { ...served('ann'), values: Array(101).fill({ metric: 'revenue', value: 1 }) };
  expect((await send(many)).status).toBe(400);
  const huge = await send({ ...served('ann'), values: [{ metric: 'revenue', value: 1e10 }] });
  expect(huge.body).toMatchObject({ taken: 1, refused: [{ path: '/values/0', message: expect.stringContaining('1e9') }] });
});

it('takes so many reports of one unit in a minute, and goes on with others', async () => {
  const { perUnit } = PAGE_REPORT_LIMITS;
  for (let turn = 0; turn < perUnit; turn++) await send({ ...served('ann'), id: `r${turn}` });
  const answer = await send({ ...served('ann'), id: 'one more' });
  expect([answer.status, Number(answer.headers.get('retry-after'))]).toEqual([429, expect.any(Number)]);
  expect((await send(served('bob'))).status).toBe(200);
});

it('leaves a client token no other way to speak of units and tests', async () => {
  const observe = (body: object, as: string) => at.ask('POST', `${E}/metrics/observations`, { as, body });
  const sender = { instanceId: 'page', seq: 1 };
  const exposures = [{ flag: 't', variant: 'control', unit: 'ann' }];
  const ofUnit = { metric: 'revenue', value: 1, flag: 't', variant: 'control', unit: 'ann' };
  const ofTest = { metric: 'revenue', value: 1, test: 't', variant: 'control' };
  const refused = await observe({ sender, exposures, observations: [{ ...ofUnit, unit: undefined }, ofUnit, ofTest] }, 'client');
  expect([refused.status, (refused.body.issues as { path: string }[]).map(({ path }) => path)]).toEqual([
    403,
    ['/exposures/0', '/observations/1', '/observations/2'],
  ]);
  expect((await observe({ sender, exposures, observations: [ofTest] }, 'server')).status).toBe(200);
});
