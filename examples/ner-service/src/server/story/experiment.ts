/** Act 4: which component is better, by an A/B test that ends itself. */
import { TEST } from '../../assignment.ts';
import type { Fact } from '../../fact.ts';
import { testFacts } from '../../promises.ts';
import { resultTable } from '../../result-table.ts';
import { bar } from '../../screen.ts';
import type { Traffic } from '../../traffic.ts';
import { pause, until } from '../../waiting.ts';
import { SCOPE } from '../staff.ts';
import type { DemoStage } from './stage.ts';

/** The test is planned for so many requests, within bounds that somebody who looks on can bear. */
const REQUESTS = 4_000;
const SHORTEST_MS = 12_000;
const LONGEST_MS = 60_000;
/** One request that the machine kept waiting for long does not hide the others. */
const LATENCY_CAP_MS = 50;
const LOOK_MS = 1_000;
const DAY_MS = 86_400_000;

export async function experiment({ world, screen }: DemoStage): Promise<Fact[]> {
  const { engineer } = world.staff;
  const durationMs = await plannedDuration(world.traffic);
  const settings = testSettings(TEST, durationMs / DAY_MS);
  await engineer.experiments.create({ ...SCOPE, settings, reason: 'which is better?' });
  const users = new Set<string>();
  const startedAt = performance.now();
  await engineer.experiments.start({ ...SCOPE, test: TEST, reason: 'to know by numbers' });
  world.traffic.onAnswer = (user) => users.add(user);
  screen.live(() => [`  ${bar((performance.now() - startedAt) / durationMs)} ${users.size} users so far`]);
  const details = () => engineer.experiments.get({ ...SCOPE, test: TEST });
  const look = () => engineer.experiments.results({ ...SCOPE, test: TEST });
  const ended = await until(async () => {
    // Whoever looks often raises no false alarm.
    await look();
    await pause(LOOK_MS);
    return (await details()).phase === 'stopped';
  }, durationMs + 10_000);
  world.traffic.onAnswer = () => {};
  screen.live(null);
  const results = await look();
  screen.say(...resultTable(results), '');
  return testFacts({ ended, stopReason: (await details()).stopReason, results });
}

async function plannedDuration(traffic: Traffic): Promise<number> {
  traffic.take();
  await pause(1_000);
  const { answered, seconds } = traffic.take();
  return Math.min(LONGEST_MS, Math.max(SHORTEST_MS, (1_000 * REQUESTS * seconds) / Math.max(1, answered)));
}

export function testSettings(testId: string, durationDays: number) {
  return {
    testId,
    description: 'Is wink as good as compromise, and how much faster?',
    controlComponent: 'compromise',
    treatmentComponent: 'wink',
    trafficSplit: 0.5,
    durationDays,
    trackedMetrics: [{ name: 'latency', cap: LATENCY_CAP_MS }, 'accuracy'],
    tags: ['component'],
  };
}
