import { afterEach, beforeEach, expect, it } from 'vitest';
import { E, type World, world } from './world.testing.ts';

let at: World;
beforeEach(async () => {
  at = await world();
});
afterEach(() => at.close());

const scraped = async (): Promise<string> => (await at.ask('GET', '/metrics')).text;
const OF = 'project="shop",environment="production"';

it('a rollout that is under way tells its stage, bake, verdicts and why it is held, and is gone after its end', async () => {
  const { flags, rollouts } = at.sluice;
  await flags.setFlag('f', { enabled: true, rolloutPercentage: 0 });
  const criteria = [{ metric: 'errorRate', max: 0.05 }];
  await rollouts.startRollout('f', { strategy: 'percentage', stages: [20, 50], bakeMs: 60_000, criteria });
  await at.clock.advance(1_000);
  const text = await scraped();
  expect(text).toContain(`sluice_rollout_stage{${OF},flag="f"} 0`);
  expect(text).toContain(`sluice_rollout_bake_remaining_seconds{${OF},flag="f"} `);
  expect(text).toMatch(new RegExp(`sluice_rollout_criteria\\{${OF},flag="f",verdict="(wait|error|inconclusive)"\\} 1`));
  expect(text).not.toContain('sluice_rollout_held{');
  await rollouts.pauseRollout('f', { reason: 'lunch' });
  expect(await scraped()).toContain(`sluice_rollout_held{${OF},flag="f",reason="manual"} 1`);
  await rollouts.abortRollout('f', { reason: 'enough' });
  expect(await scraped()).not.toMatch(/sluice_rollout_(stage|held|criteria)\{/);
});

it('of more than 500 rollouts no more than 500 are told', async () => {
  const { flags, rollouts } = at.sluice;
  for (let n = 0; n <= 500; n += 1) {
    await flags.setFlag(`f${n}`, { enabled: true, rolloutPercentage: 0 });
    await rollouts.startRollout(`f${n}`, { strategy: 'percentage', stages: [20, 50], unvalidated: true });
  }
  const text = await scraped();
  for (const name of ['percentage', 'stage', 'bake_remaining_seconds', 'lease_held'])
    expect(text.match(new RegExp(`^sluice_rollout_${name}\\{`, 'gm')), name).toHaveLength(500);
});

it('a running test tells its exposed units by arm, and being scraped is no look', async () => {
  const { abTests, flags } = at.sluice;
  await abTests.createTest({ testId: 't', controlComponent: 'a', treatmentComponent: 'b', trafficSplit: 0.5, durationDays: 7 });
  await abTests.startTest('t');
  const exposures = ['ann', 'bob'].map((unit) => ({ flag: 't', variant: 'control', unit }));
  const send = (seq: number, of: object[]) =>
    at.ask('POST', `${E}/metrics/observations`, { as: 'server', body: { sender: { instanceId: 'page', seq }, exposures: of } });
  await send(1, exposures);
  await send(2, [{ flag: 't', variant: 'treatment', unit: 'bob' }]);
  const text = await scraped();
  expect(text).toContain(`sluice_experiment_exposed_units{${OF},test="t",arm="control"} 1`);
  expect(text).toContain(`sluice_experiment_contaminated_units{${OF},test="t"} 1`);
  const { runtime } = flags;
  const before = (await runtime.store.readTotals(runtime.view.scope, 't')).looks;
  await scraped();
  expect((await runtime.store.readTotals(runtime.view.scope, 't')).looks).toEqual(before);
});

it('streams of this process are counted', async () => {
  expect(await scraped()).toContain('sluice_stream_clients 0');
  const abort = new AbortController();
  const headers = { authorization: `Bearer ${at.secrets.server}` };
  const stream = await fetch(`${at.url}/api/v1/stream`, { headers, signal: abort.signal });
  await stream.body?.getReader().read();
  expect(await scraped()).toContain('sluice_stream_clients 1');
  expect(await scraped()).toContain('sluice_stream_resyncs_total{reason="overflow"} 0');
  abort.abort();
});
