/** The results of a test as a table for the terminal. */
import type { TestResults } from 'sluice';
import { colors } from './screen.ts';

type Metric = TestResults['metrics'][string];
/** What of the results is shown: of the library, or of a server's answer, where a pair has become a list. */
interface Shown extends Pick<TestResults, 'sampleRatio' | 'winner' | 'warnings'> {
  readonly metrics: Readonly<Record<string, Omit<ShownMetric, 'interval'> & { readonly interval: readonly number[] | null }>>;
}
type ShownMetric = Pick<
  Metric,
  'name' | 'controlMean' | 'controlUnits' | 'treatmentMean' | 'treatmentUnits' | 'improvement' | 'interval' | 'pValue' | 'verdict'
>;

export function resultTable(results: Shown): string[] {
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

function ratioLine({ sampleRatio }: Shown): string {
  if (sampleRatio === null) return 'sample ratio: no users';
  const { pValue, isMismatch } = sampleRatio;
  return `sample ratio: ${isMismatch ? colors.yellow('wrong') : 'as configured'} (sequential p ${shown(pValue)})`;
}

/** Three digits are enough to read. */
export function shown(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  if (value === 0) return '0';
  return Math.abs(value) < 1e-4 ? value.toExponential(1) : String(Number(value.toPrecision(3)));
}
