/** SDKs that evaluate themselves, on a real server: their exposures and values stand in results and stages. */
import { connect } from '@sluice/client';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { E, type World, world } from './world.testing.ts';

let at: World;
beforeEach(async () => {
  at = await world();
});
afterEach(() => at.close());

async function running(more: { dimensions?: string[] } = {}): Promise<void> {
  const { abTests } = at.sluice;
  await abTests.createTest({
    ...{ testId: 't', controlComponent: 'a', treatmentComponent: 'b', trafficSplit: 0.5, durationDays: 7 },
    trackedMetrics: ['latency'],
    ...more,
  });
  await abTests.startTest('t');
}

const send = (body: object, as = 'server') => at.ask('POST', `${E}/metrics/observations`, { as, body });

it('two connections count in the results what each served and measured, once', async () => {
  await running();
  const clients = [0, 1].map(() => connect({ url: at.url, token: at.secrets.server }));
  const problems: string[] = [];
  for (const client of clients) client.on('problem', ({ message }) => problems.push(message));
  for (const client of clients) await client.ready();
  for (let user = 0; user < 40; user++) {
    const [client, userId] = [clients[user % 2], `user-${user}`];
    const variant = client?.getVariant('t', { userId }) ?? '';
    client?.recordMetric('t', variant, 'latency', user, { userId });
  }
  await at.clock.advance(10_000);
  for (const client of clients) await client.close();
  const results = await at.sluice.abTests.getTestResults('t');
  expect(problems).toEqual([]);
  expect(results.sampleSizes.control + results.sampleSizes.treatment).toBe(40);
  expect(results.controlMean.latency).toBeGreaterThan(0);
  expect((await at.sluice.flags.getFlagStats('t')).evaluations, 'counted by their tallies, and not again').toBe(40);
});

it('a connection tells of each unit the attributes that a running test breaks its results down by, and no others', async () => {
  const client = connect({ url: at.url, token: at.secrets.server });
  await client.ready();
  await running({ dimensions: ['plan', 'list', 'none'] });
  await expect.poll(() => client.evaluateAll({ userId: 'x' }).get('t')?.reason).toBe('SPLIT');
  for (let user = 0; user < 40; user++) {
    const attributes = { plan: user < 30 ? 'free' : 'paid', age: user, list: ['free'] };
    client.getVariant('t', { userId: `user-${user}`, attributes });
  }
  await at.clock.advance(10_000);
  await client.close();
  const { dimensions, sampleSizes } = await at.sluice.abTests.getTestResults('t');
  expect(sampleSizes.control + sampleSizes.treatment).toBe(40);
  expect(Object.keys(dimensions)).toEqual(['plan', 'list', 'none']);
  const sizes = Object.entries(dimensions.plan ?? {}).map(([value, part]) => {
    return [value, (part.sampleSizes.control ?? 0) + (part.sampleSizes.treatment ?? 0)];
  });
  expect(Object.fromEntries(sizes)).toEqual({ free: 30, paid: 10 });
});

it('a batch of exposures counts in its environment, once however often, and in no other', async () => {
  await running();
  const exposures = [{ flag: 't', variant: 'control', unit: 'ann', count: 2 }];
  const batch = { sender: { instanceId: 'sdk', seq: 1 }, exposures };
  for (let turn = 0; turn < 2; turn++) expect((await send(batch)).body).toEqual({ taken: 1, refused: [] });
  expect((await at.sluice.abTests.getTestResults('t')).sampleSizes.control).toBe(1);
  expect((await at.sluice.flags.getFlagStats('t')).evaluations).toBe(2);
  const elsewhere = E.replace('production', 'staging');
  for (const as of ['client', 'server', 'foreign'])
    expect((await at.ask('POST', `${elsewhere}/metrics/observations`, { as, body: batch })).status, as).toBeGreaterThanOrEqual(
      403,
    );
  await send(
    { ...batch, sender: { instanceId: 'sdk', seq: 2 }, exposures: [{ ...exposures[0], variant: 'treatment' }] },
    'server',
  );
  expect((await at.sluice.abTests.getTestResults('t')).sampleSizes, 'a unit in two arms').toMatchObject({
    control: 0,
    treatment: 0,
  });
});

it('what was under way when a rollout ended is no loss to its SDK, and told by none', async () => {
  const { flags, rollouts } = at.sluice;
  await flags.setFlag('r', { enabled: true, rolloutPercentage: 0 });
  await rollouts.startRollout('r', { strategy: 'percentage', stages: [50, 100], unvalidated: true });
  await at.clock.advance(1_000);
  const client = connect({ url: at.url, token: at.secrets.server });
  const problems: string[] = [];
  client.on('problem', ({ message }) => problems.push(message));
  await client.ready();
  for (let user = 0; user < 20; user++) client.isEnabled('r', { userId: `user-${user}` });
  await rollouts.abortRollout('r', { reason: 'enough' });
  await client.flush();
  expect([client.counts.dropped, problems]).toEqual([0, []]);
  for (let turn = 0; turn < 12; turn++) {
    client.observe('latency', 1, { flag: 'none', variant: 'on' });
    await client.flush();
  }
  const told = problems.map((message) => /left out (\d+) reports so far/.exec(message)?.[1]);
  expect([client.counts.dropped, told]).toEqual([12, ['1', '10']]);
  await client.close();
});

it('a batch that is too large, or a member that is malformed, is refused whole', async () => {
  await running();
  const exposure = { flag: 't', variant: 'control', unit: 'ann' };
  const of = (exposures: object[]) => send({ sender: { instanceId: 'sdk', seq: 1 }, exposures });
  const pathsOf = async (answer: ReturnType<typeof send>) =>
    ((await answer).body.issues as { path: string }[]).map(({ path }) => path);
  expect(await pathsOf(of(Array(10_001).fill(exposure)))).toEqual(['/exposures']);
  expect(await pathsOf(of([exposure, { ...exposure, count: 0 }, { ...exposure, unit: '' }]))).toEqual([
    '/exposures/1/count',
    '/exposures/2/unit',
  ]);
  expect((await at.sluice.abTests.getTestResults('t')).sampleSizes.control).toBe(0);
});

it('tallies and deltas of what this environment does not have are left out and named', async () => {
  await running();
  const metric = { aggregation: 'mean', count: 1, sum: 1, min: 1, max: 1, from: 1 };
  const unit = { subject: 't', unit: '00000000000000ff', arm: 'control', firstExposureAt: 1, metrics: { latency: metric } };
  const body = { instanceId: 'sdk', seq: 1, units: [unit, { ...unit, subject: 'other' }, { ...unit, arm: 'none' }] };
  const told = await at.ask('POST', `${E}/metrics/facts`, { as: 'server', body });
  expect([told.body.taken, (told.body.refused as { path: string }[]).map(({ path }) => path)]).toEqual([
    1,
    ['/units/1', '/units/2'],
  ]);
});
