/** What a reader of a test's results must know before believing them, in words. */
import type { Flag } from '../flag/flag.ts';
import { driftOf } from './drift.ts';
import type { Experiment } from './experiment.ts';
import type { SubjectTotals } from './ledger.ts';
import type { MetricResult } from './metric-result.ts';

interface WarningFacts {
  readonly experiment: Experiment;
  readonly totals: SubjectTotals;
  /** Of every treatment. */
  readonly metrics: readonly Pick<MetricResult, 'name' | 'role' | 'unit' | 'reason'>[];
  readonly sampleSizes: Readonly<Record<string, number>>;
  readonly elapsedMs: number;
  readonly minUnits: number;
  readonly flag: Flag | null;
  /** What speaks against the plan itself. */
  readonly advice: readonly string[];
}

export function warningsOf({
  experiment,
  totals,
  metrics,
  sampleSizes,
  elapsedMs,
  minUnits,
  flag,
  advice,
}: WarningFacts): string[] {
  const without = namesOf(metrics, (metric) => metric.unit === 'observation');
  const missing = experiment.trackedMetrics
    .filter((tracked) => !Object.hasOwn(totals.metrics, tracked.name))
    .map((tracked) => tracked.name);
  const said: (string | false)[] = [
    (experiment.phase === 'draft' || experiment.phase === 'scheduled') && 'the test has not been started',
    Math.min(...Object.values(sampleSizes)) < minUnits &&
      `${inWords(sampleSizes)} units; at least ${minUnits} each are needed before anything is called significant`,
    missing.length > 0 && `nothing was recorded yet of ${missing.join(', ')}`,
    experiment.phase === 'running' &&
      elapsedMs < experiment.durationMs &&
      'the p-values are for one look at the planned end; whoever looks earlier and stops at what pleases is fooled more often than the 5 % they say',
    changedFlag(experiment, flag),
    ...advice,
    metrics.length > 0 &&
      !metrics.some((metric) => metric.role === 'primary') &&
      'no metric is primary, so nothing can be called significant; name the one that decides in trackedMetrics',
    without.length > 0 &&
      `${without.join(', ')}: recorded without a user, so each value counts by itself; users who report often are then mistaken for many`,
    totals.contaminatedUnits > 0 && `${totals.contaminatedUnits} units were seen in two arms and count in none`,
    totals.unexposedUnits > 0 &&
      `${totals.unexposedUnits} units have values but were never given a variant by getVariant; their values do not count`,
    totals.refusedUnits > 0 && `${totals.refusedUnits} reports of new units were refused: the ledger is full`,
    totals.refusedObservations > 0 &&
      `${totals.refusedObservations} values were refused: their metric is recorded with a user at times and without at others`,
    ...namesOf(metrics, ({ name, reason }) => reason === 'zero-variance' && !missing.includes(name)).map(
      (name) => `${name}: every value is the same within each arm, so chance cannot be judged`,
    ),
    ...namesOf(metrics, ({ reason }) => reason === 'out-of-range').map(
      (name) => `${name}: its values are too large or too small to be compared; see whether their unit is right`,
    ),
    ...namesOf(metrics, ({ reason }) => reason === 'control-mean-near-zero').map(
      (name) => `${name}: the control's mean is too near to 0 for a relative change`,
    ),
  ];
  return said.filter((sentence) => sentence !== false);
}

function namesOf(metrics: WarningFacts['metrics'], holds: (metric: WarningFacts['metrics'][number]) => boolean): string[] {
  return [...new Set(metrics.filter(holds).map((metric) => metric.name))];
}

/** As in "control has 4 and treatment 5". */
function inWords(sampleSizes: WarningFacts['sampleSizes']): string {
  const parts = Object.entries(sampleSizes).map(([arm, size], index) => `${arm} ${index === 0 ? 'has ' : ''}${size}`);
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

/** Arms that were changed from outside are not compared any more as they were divided. */
function changedFlag(experiment: Experiment, flag: Flag | null): string | false {
  const drift = flag === null ? null : driftOf(experiment, flag);
  return (
    drift !== null &&
    `the flag was changed from outside while the test ran: ${drift}; until it is as the test set it, no unit and no value counts; start a new test, because some have seen another arm`
  );
}
