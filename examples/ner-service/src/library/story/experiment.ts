/** Act 3: which component is better, by an A/B test that ends itself. */
import { TEST } from '../../assignment.ts';
import type { Fact } from '../../fact.ts';
import { testFacts } from '../../promises.ts';
import { resultTable } from '../../result-table.ts';
import { bar } from '../../screen.ts';
import { until } from '../../waiting.ts';
import type { DemoStage } from './stage.ts';

const DURATION_MS = 12_000;

export async function experiment({ sluice, screen, traffic }: DemoStage): Promise<Fact[]> {
  const { abTests } = sluice;
  await abTests.createTest({
    testId: TEST,
    description: 'Is wink as good as compromise, and how much faster?',
    controlComponent: 'compromise',
    treatmentComponent: 'wink',
    trafficSplit: 0.5,
    durationDays: DURATION_MS / 86_400_000,
    trackedMetrics: ['latency', 'accuracy'],
  });
  const arms = new Map<string, Set<string>>();
  const startedAt = performance.now();
  await abTests.startTest(TEST, { actor: 'ann' });
  traffic.onAnswer = (user, component) => arms.set(user, (arms.get(user) ?? new Set()).add(component));
  screen.live(() => [`  ${bar((performance.now() - startedAt) / DURATION_MS)} ${arms.size} users so far`]);
  const ended = await until(() => abTests.getTest(TEST).phase === 'stopped', DURATION_MS + 5_000);
  traffic.onAnswer = () => {};
  screen.live(null);
  const results = await abTests.getTestResults(TEST);
  screen.say(...resultTable(results), '');
  return testFacts({ ended, stopReason: abTests.getTest(TEST).stopReason, results });
}
