import { spawnSync } from 'node:child_process';
import { memoryStore, type Store } from 'sluice';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findPromtool } from '../../engine/src/metrics/prometheus-binary.testing.ts';
import { E, type World, world } from './world.testing.ts';

let at: World;
let store: Store;
let isAway: boolean;
beforeEach(async () => {
  isAway = false;
  const kept = memoryStore();
  const refresh = kept.refresh.bind(kept);
  const answered = (): Promise<void> => (isAway ? Promise.reject(new Error('away')) : refresh());
  store = Object.assign(kept, { refresh: answered });
  at = await world({}, {}, store);
});
afterEach(() => at.close());

const scraped = async (): Promise<string> => (await at.ask('GET', '/metrics')).text;
const OF = 'project="shop",environment="production"';
async function figure(series: string): Promise<number> {
  const line = (await scraped()).split('\n').find((found) => found.startsWith(`${series} `));
  return Number(line?.slice(series.length + 1));
}
async function startRollout(flag: string): Promise<void> {
  await at.sluice.flags.setFlag(flag, { enabled: true, rolloutPercentage: 0 });
  const criteria = [{ metric: 'errorRate', max: 0.05 }];
  await at.sluice.rollouts.startRollout(flag, { strategy: 'percentage', stages: [20, 50], bakeMs: 60_000, criteria });
}

it('commits are counted by how they ended, those that were kept are timed, and the place in the log is told', async () => {
  const KEPT = 'sluice_commits_total{outcome="kept"}';
  const [kept, seq, timed] = [await figure(KEPT), await figure('sluice_log_seq'), 'sluice_commit_duration_seconds_count'];
  expect(await figure(timed)).toBe(kept);
  expect(await figure('sluice_commits_total{outcome="conflict"}')).toBe(0);
  await at.sluice.flags.setFlag('f', { enabled: true });
  // One commit, in which each of the two environments has its event.
  expect([await figure(KEPT), await figure(timed), await figure('sluice_log_seq')]).toEqual([kept + 1, kept + 1, seq + 2]);
  const { runtime } = at.sluice.flags;
  const flag = runtime.view.flag('f');
  if (flag === undefined) throw new Error('no flag');
  // What a replica sends that has not heard of the last change.
  await expect(runtime.store.commit({ records: [flag], events: [] })).rejects.toMatchObject({ code: 'conflict' });
  expect([await figure(KEPT), await figure(timed)]).toEqual([kept + 1, kept + 1]);
  expect(await figure('sluice_commits_total{outcome="conflict"}')).toBe(1);
});

it('the lag of a follower stays small while the store answers, and grows while it does not', async () => {
  await at.clock.advance(20_000);
  expect(await figure('sluice_follower_lag_seconds')).toBeLessThanOrEqual(5);
  expect(await figure('sluice_store_up')).toBe(1);
  isAway = true;
  await at.clock.advance(20_000);
  expect(await figure('sluice_follower_lag_seconds')).toBeGreaterThan(15);
  expect(await figure('sluice_store_up')).toBe(0);
  isAway = false;
  await at.clock.advance(6_000);
  expect(await figure('sluice_follower_lag_seconds')).toBeLessThanOrEqual(5);
});

it('facts that wait to be kept are told until they are, and of what was dropped there is a count', async () => {
  await at.sluice.flags.setFlag('f', { enabled: true });
  const buffered = `sluice_facts_buffered{${OF}}`;
  expect(await figure(buffered)).toBe(0);
  at.sluice.flags.isEnabled('f', { userId: 'ann' });
  expect(await figure(buffered)).toBe(1);
  await at.clock.advance(1_000);
  expect(await figure(buffered)).toBe(0);
  expect(await figure(`sluice_facts_dropped_total{${OF}}`)).toBe(0);
});

it('the replica that drives a rollout and the one that tells webhooks say so, and others say that they do not', async () => {
  const [now, until] = [at.clock.now(), at.clock.now() + 3_600_000];
  await startRollout('f');
  await store.lease({ name: 'rollout/shop/production/g/1', holder: 'another replica', now, until });
  await store.lease({ name: 'notifications', holder: 'another replica', now, until: now + 30_000 });
  await startRollout('g');
  await at.clock.advance(1_000);
  expect(await figure(`sluice_rollout_lease_held{${OF},flag="f"}`)).toBe(1);
  expect(await figure(`sluice_rollout_lease_held{${OF},flag="g"}`)).toBe(0);
  expect(await figure('sluice_sender_lease_held')).toBe(0);
  await at.clock.advance(60_000);
  expect(await figure('sluice_sender_lease_held')).toBe(1);
});

const promtool = findPromtool();
it.skipIf(promtool === null)('promtool has nothing to complain of in a scrape of a server that has lived', async () => {
  await startRollout('f');
  await at.sluice.rollouts.pauseRollout('f', { reason: 'lunch' });
  const test = { testId: 't', controlComponent: 'a', treatmentComponent: 'b', trafficSplit: 0.5, durationDays: 7 };
  await at.sluice.abTests.createTest(test);
  await at.sluice.abTests.startTest('t');
  const body = { sender: { instanceId: 'page', seq: 1 }, exposures: [{ flag: 't', variant: 'control', unit: 'ann' }] };
  await at.ask('POST', `${E}/metrics/observations`, { as: 'server', body });
  await at.ask('GET', `${E}/flags/unknown`);
  const stop = new AbortController();
  const authorization = `Bearer ${at.secrets.server}`;
  const stream = await fetch(`${at.url}/api/v1/stream`, { headers: { authorization }, signal: stop.signal });
  await stream.body?.getReader().read();
  await at.clock.advance(5_000);
  const text = await scraped();
  stop.abort();
  for (const told of ['sluice_rollout_held{', 'sluice_experiment_exposed_units{', 'sluice_rollout_lease_held{'])
    expect(text).toContain(told);
  expect(complaints(text)).toBe('');
  expect(complaints(text.replaceAll('sluice_commits_total', 'sluice_commits'))).toContain('sluice_commits');
});

function complaints(scrape: string): string {
  const { stdout, stderr } = spawnSync(promtool ?? '', ['check', 'metrics'], { input: scrape, encoding: 'utf8' });
  return stdout + stderr;
}
