import { ingestedMetricsOf, manualClock, memoryStore, openWorkspace } from 'sluice';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { E, SCOPE, type World, world } from './world.testing.ts';

let at: World;
beforeEach(async () => {
  at = await world();
  await at.sluice.flags.setFlag('f', { enabled: true });
});
afterEach(() => at.close());

const requests = (value: number) => ({ kind: 'count', metric: 'requests', value, flag: 'f', variant: 'on' });
const errors = (value: number) => ({ ...requests(value), metric: 'errors' });
const send = (body: object, headers: Record<string, string> = {}, as = 'client') =>
  at.ask('POST', `${E}/metrics/observations`, { as, body, headers });

/** The error rate as a rollout's criterion measures it, whichever process drives that. */
async function samples(): Promise<unknown> {
  const query = { kind: 'errorRate' } as const;
  const to = at.clock.now() + 10_000;
  return ingestedMetricsOf(at.sluice.flags).measure(query as never, { flag: 'f', variant: 'on', from: to - 60_000, to });
}

it('a batch with a sender counts once however often it is sent, and so does one with an idempotency key', async () => {
  const batch = { sender: { instanceId: 'sdk', seq: 1 }, observations: [requests(10), errors(1)] };
  for (let turn = 0; turn < 3; turn++) expect((await send(batch)).body).toEqual({ taken: 2, refused: [] });
  expect(await samples()).toMatchObject({ kind: 'value', value: 0.1, samples: 10 });
  for (let turn = 0; turn < 3; turn++)
    expect((await send({ observations: [requests(10)] }, { 'idempotency-key': 'k' })).status).toBe(200);
  expect(await samples()).toMatchObject({ value: 0.05, samples: 20 });
  await send(batch, {}, 'server');
  expect(await samples(), 'of another caller it is another batch').toMatchObject({ samples: 30 });
});

it('the clock of the sender is put right, and what is too late, unknown or without a flag is named by its place', async () => {
  const [ago, flag] = [at.clock.now() - 86_400_000, 'f'];
  const observations = [
    { ...requests(1), at: ago - 5_000 },
    { ...requests(1), at: ago - 600_000 },
    { ...requests(1), flag: 'none' },
    { ...requests(1), flag, variant: 'none' },
    { kind: 'count', metric: 'requests', value: 1 },
  ];
  const { body } = await send({ sentAt: ago, observations });
  const refused = body.refused as { path: string; message: string }[];
  expect([body.taken, refused.map(({ path }) => path)]).toEqual([1, [1, 2, 3, 4].map((index) => `/observations/${index}`)]);
  expect(refused[0]?.message).toContain('come too late');
});

it('a value that no sum of others would survive is refused alone, as an observation and as a delta', async () => {
  const value = { kind: 'observe', metric: 'latency', value: 1e308, flag: 'f', variant: 'on' };
  const { body } = await send({ observations: [requests(1), value] }, {}, 'client');
  expect(body).toMatchObject({
    taken: 1,
    refused: [{ path: '/observations/1', message: expect.stringContaining('between -1e50') }],
  });
  const metrics = { m: { aggregation: 'sum', count: 1, sum: 1e308, min: 1e308, max: 1e308, from: 1 } };
  const units = [{ subject: 't', unit: '0123456789abcdef', arm: 'on', firstExposureAt: null, metrics }];
  const answer = await at.ask('POST', `${E}/metrics/facts`, { as: 'server', body: { instanceId: 'sdk', seq: 1, units } });
  expect([answer.status, (answer.body.issues as { path: string }[]).map(({ path }) => path)]).toEqual([
    400,
    ['/units/0/metrics/m/sum', '/units/0/metrics/m/min', '/units/0/metrics/m/max'],
  ]);
});

it('a batch that is malformed is refused whole, with the place', async () => {
  const answer = await send({ sender: { instanceId: 'sdk', seq: 0 }, observations: [requests(1), { metric: '', value: 1 }] });
  expect(answer.status).toBe(400);
  expect((answer.body.issues as { path: string }[]).map(({ path }) => path)).toEqual(
    expect.arrayContaining(['/observations/1/metric', '/sender/seq']),
  );
  const exposures = await send({ exposures: [{ flag: 'f', variant: 'on', unit: 'ann' }] }, {}, 'server');
  expect([exposures.status, exposures.body.issues]).toMatchObject([400, [{ path: '/sender' }]]);
});

it('a client token sends observations, and no tallies or deltas', async () => {
  const facts = { instanceId: 'sdk', seq: 1 };
  const ask = async (as: string) => (await at.ask('POST', `${E}/metrics/facts`, { as, body: facts })).status;
  expect([await ask('client'), await ask('server')]).toEqual([403, 200]);
});

it('an environment is given what judges it once, also when it is made later', async () => {
  const clock = manualClock(0);
  const equipped: string[] = [];
  const workspace = openWorkspace({ store: memoryStore(), clock, equip: (_, scope) => void equipped.push(scope.environment) });
  await workspace.ready;
  await workspace.projects.create({ key: 'p', environments: [{ key: SCOPE.environment }] });
  workspace.environment('p', SCOPE.environment);
  await workspace.projects.addEnvironment('p', { key: 'later' });
  workspace.environment('p', 'later');
  workspace.environment('p', 'later');
  expect(equipped.toSorted()).toEqual(['later', SCOPE.environment]);
  await workspace.close();
});
