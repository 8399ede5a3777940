/** Act 3: which component is better, by an A/B test that ends itself. */
import type { TestResults } from 'sluice';
import { TEST } from '../assignment.ts';
import { bar, colors } from '../screen.ts';
import { type DemoStage, type Fact, fact, until } from './stage.ts';

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
  const { control, treatment } = results.sampleSizes;
  return [
    fact('the test ended by itself after its planned time', ended, abTests.getTest(TEST).stopReason ?? 'still running'),
    fact('both arms have at least 100 users', Math.min(control, treatment) >= 100, `${control} and ${treatment}`),
    fact(
      'latency differs significantly, and wink wins it',
      results.significant && results.verdict.latency === 'better',
      `${(100 * (results.improvement.latency ?? 0)).toFixed(1)} % better`,
    ),
    fact(
      'every number is there: accuracy with its interval, and the sample ratio',
      results.interval.accuracy != null && results.sampleRatio !== null,
      `${shown(results.controlMean.accuracy)} against ${shown(results.treatmentMean.accuracy)}`,
    ),
  ];
}

function resultTable(results: TestResults): string[] {
  const rows = Object.values(results.metrics).map((metric) => [
    metric.name,
    `${shown(metric.controlMean)} (${metric.controlUnits})`,
    `${shown(metric.treatmentMean)} (${metric.treatmentUnits})`,
    metric.improvement === null ? '–' : `${(100 * metric.improvement).toFixed(1)} %`,
    metric.interval === null ? '–' : `${shown(metric.interval[0])} to ${shown(metric.interval[1])}`,
    metric.pValue === 0 ? '< 1e-300' : shown(metric.pValue),
    metric.verdict,
  ]);
  const head = ['metric', 'compromise (users)', 'wink (users)', 'improvement', '95 % of difference', 'p', 'verdict'];
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `  ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('   ')}`;
  const winner = results.winner === null ? 'no winner: primary metrics disagree or do not differ' : `winner: ${results.winner}`;
  return [
    colors.dim(line(head)),
    ...rows.map(line),
    `  ${ratioLine(results)}`,
    `  ${colors.bold(winner)}`,
    ...results.warnings.map((warning) => `  ${colors.yellow('!')} ${warning}`),
  ];
}

function ratioLine({ sampleRatio }: TestResults): string {
  if (sampleRatio === null) return 'sample ratio: no users';
  const { pValue, isMismatch } = sampleRatio;
  return `sample ratio: ${isMismatch ? colors.yellow('wrong') : 'as configured'} (sequential p ${shown(pValue)})`;
}

function shown(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  if (value === 0) return '0';
  return Math.abs(value) < 1e-4 ? value.toExponential(1) : String(Number(value.toPrecision(3)));
}
