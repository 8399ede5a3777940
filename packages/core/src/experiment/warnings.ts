/** What a reader of a test's results must know before believing them, in words. */
import { type Flag, servedShare } from '../flag/flag.ts';
import { shareToPercentage } from '../share.ts';
import type { Experiment } from './experiment.ts';
import type { SubjectTotals } from './ledger.ts';
import type { MetricResult } from './metric-result.ts';

interface WarningFacts {
  readonly experiment: Experiment;
  readonly totals: SubjectTotals;
  readonly metrics: readonly Pick<MetricResult, 'name' | 'role' | 'unit' | 'reason'>[];
  readonly sampleSizes: { readonly control: number; readonly treatment: number };
  readonly elapsedMs: number;
  readonly minUnits: number;
  readonly flag: Flag | null;
}

export function warningsOf({ experiment, totals, metrics, sampleSizes, elapsedMs, minUnits, flag }: WarningFacts): string[] {
  const { control, treatment } = sampleSizes;
  const without = metrics.filter((metric) => metric.unit === 'observation').map((metric) => metric.name);
  const missing = experiment.trackedMetrics
    .filter((tracked) => !metrics.some((metric) => metric.name === tracked.name))
    .map((tracked) => tracked.name);
  const said: (string | false)[] = [
    experiment.phase === 'draft' && 'the test has not been started',
    Math.min(control, treatment) < minUnits &&
      `control has ${control} and treatment ${treatment} units; at least ${minUnits} each are needed before anything is called significant`,
    missing.length > 0 && `nothing was recorded yet of ${missing.join(', ')}`,
    experiment.phase === 'running' &&
      elapsedMs < experiment.durationMs &&
      'the p-values are for one look at the planned end; whoever looks earlier and stops at what pleases is fooled more often than the 5 % they say',
    changedFlag(experiment, flag),
    metrics.length > 0 &&
      !metrics.some((metric) => metric.role === 'primary') &&
      'no metric is primary, so nothing can be called significant; name the one that decides in trackedMetrics',
    without.length > 0 &&
      `${without.join(', ')}: recorded without a user, so each value counts by itself; users who report often are then mistaken for many`,
    totals.contaminatedUnits > 0 && `${totals.contaminatedUnits} units were seen in both arms and count in neither`,
    totals.unexposedUnits > 0 &&
      `${totals.unexposedUnits} units have values but were never given a variant by getVariant; their values do not count`,
    totals.refusedUnits > 0 && `${totals.refusedUnits} reports of new units were refused: the ledger is full`,
    totals.refusedObservations > 0 &&
      `${totals.refusedObservations} values were refused: their metric is recorded with a user at times and without at others`,
    ...metrics.map(
      (metric) =>
        metric.reason === 'zero-variance' &&
        `${metric.name}: every value is the same within each arm, so chance cannot be judged`,
    ),
    ...metrics.map(
      (metric) =>
        metric.reason === 'control-mean-near-zero' && `${metric.name}: the control's mean is too near to 0 for a relative change`,
    ),
  ];
  return said.filter((sentence) => sentence !== false);
}

/** Arms that were changed from outside are not compared any more as they were divided. */
function changedFlag(experiment: Experiment, flag: Flag | null): string | false {
  if (experiment.phase !== 'running' || flag === null) return false;
  const planned = Math.round(experiment.trafficSplit * 100_000);
  const names = experiment.arms.map((arm) => arm.variant);
  const isOurs = flag.offVariant === names[0] && flag.onVariant === names[1] && flag.split.length === 0;
  if (isOurs && servedShare(flag) === planned) return false;
  const found = isOurs
    ? `${shareToPercentage(servedShare(flag))} % treatment`
    : `${flag.offVariant} and ${flag.onVariant} as its variants`;
  return `the flag was changed from outside while the test ran: it has ${found}, and the test set ${shareToPercentage(planned)} % treatment; start a new test`;
}
