import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ABTestManager, createSluice, manualClock, memoryStore, type TestResults } from 'sluice';
import { expect, it } from 'vitest';

/** Reproducible randomness: mulberry32. */
function generatorOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const percent = (fraction: number): string => `${(fraction * 100).toFixed(1)} %`;
const range = (ends: readonly [number, number] | null, shown: (end: number) => string): string =>
  ends === null ? 'none' : `${shown(ends[0])} to ${shown(ends[1])}`;

/** Two weeks of 430 users a day, and a look each day. `buys` is the part of the treatment's users who buy; of the control's, 20 % do. */
async function ranTest(random: () => number, buys: number): Promise<ABTestManager> {
  const clock = manualClock(1_700_000_000_000);
  const { abTests } = createSluice({ store: memoryStore(), clock });
  // #region run
  await abTests.createTest({
    testId: 'checkout',
    controlComponent: 'two-pages',
    treatmentComponent: 'one-page',
    durationDays: 15,
    trackedMetrics: [
      { name: 'bought', aggregation: 'max', goal: 'increase' }, // 1 or 0: the mean is the part that bought
      { name: 'spent', aggregation: 'sum', goal: 'increase', cap: 200 },
      { name: 'loadMs', role: 'guardrail', goal: 'decrease', margin: 0.05 }, // may be 5 % slower
    ],
  });
  await abTests.startTest('checkout');
  for (let day = 0; day < 14; day++) {
    for (let index = 0; index < 430; index++) {
      const userId = `user-${day}-${index}`;
      const arm = abTests.getVariant('checkout', { userId });
      abTests.recordMetric('checkout', arm, 'loadMs', 300 + 200 * random(), { userId });
      if (random() >= (arm === 'control' ? 0.2 : buys)) continue;
      abTests.recordMetric('checkout', arm, 'bought', 1, { userId });
      abTests.recordMetric('checkout', arm, 'spent', 10 + 60 * random(), { userId });
    }
    await abTests.getTestResults('checkout'); // a look a day costs nothing
    await clock.advance(86_400_000 - 1000);
  }
  // #endregion
  return abTests;
}

async function runTest(random: () => number, buys: number, print: (line: string) => void): Promise<TestResults> {
  const abTests = await ranTest(random, buys);
  for (const arm of ['control', 'treatment']) abTests.recordMetric('checkout', arm, 'spent', 1, { userId: 'user-0-0' });
  abTests.recordMetric('checkout', 'control', 'spent', 1, { userId: 'nobody' });
  // #region print
  const results = await abTests.getTestResults('checkout');
  for (const [name, metric] of Object.entries(results.metrics)) {
    const { controlMean, treatmentMean, interval, lift, liftInterval } = metric;
    print(`${name} (${metric.role}): ${controlMean?.toFixed(3)} → ${treatmentMean?.toFixed(3)}`);
    print(`  difference ${metric.difference?.toFixed(3)}, interval ${range(interval, (end) => end.toFixed(3))}`);
    print(`  lift ${percent(lift ?? 0)}, liftInterval ${range(liftInterval, percent)}`);
    print(`  pValue ${metric.pValue?.toFixed(4)}, adjustedPValue ${metric.adjustedPValue?.toFixed(4)}`);
    print(`  verdict ${metric.verdict}${metric.role === 'guardrail' ? `, worstExcess ${metric.worstExcess?.toFixed(2)}` : ''}`);
  }
  print(`sampleRatio ${JSON.stringify(results.sampleRatio?.observed)}, pValue ${results.sampleRatio?.pValue.toFixed(3)}`);
  print(`excludedUnits ${JSON.stringify(results.excludedUnits)}`);
  print(`significant ${results.significant}, winner ${results.winner}`);
  for (const sentence of results.conclusion) print(`> ${sentence}`);
  // #endregion
  return results;
}

const page = readFileSync(join(import.meta.dirname, '..', 'statistics.md'), 'utf8');
const shown = [...page.matchAll(/```text\n(.*?)```/gs)].map((match) => match[1]?.trimEnd() ?? '');

it('prints what docs/statistics.md reads aloud: a treatment that wins', async () => {
  const printed: string[] = [];
  const { winner, significant } = await runTest(generatorOf(3), 0.25, (line) => printed.push(line));
  expect({ winner, significant }).toEqual({ winner: 'treatment', significant: true });
  expect(shown).toContain(printed.join('\n'));
});

it('prints an interval that leaves out 0 beside a corrected p that is not significant', async () => {
  const printed: string[] = [];
  const { metrics, significant } = await runTest(generatorOf(24), 0.228, (line) => printed.push(line));
  expect(metrics.bought?.interval?.[0]).toBeGreaterThan(0);
  expect(significant).toBe(false);
  const lineOf = (start: string): number => printed.findIndex((line) => line.startsWith(start));
  const bought = lineOf('bought');
  expect(shown).toContain([...printed.slice(bought, bought + 5), ...printed.slice(lineOf('significant'))].join('\n'));
});

it('prints a control that wins', async () => {
  const printed: string[] = [];
  const { winner } = await runTest(generatorOf(3), 0.16, (line) => printed.push(line));
  expect(winner).toBe('control');
  expect(shown).toContain(printed.slice(printed.findIndex((line) => line.startsWith('significant'))).join('\n'));
});
