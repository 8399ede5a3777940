/** What a reader of a test's results must know before believing them, in words. */
import { rarityOf } from '../analysis/comparison.ts';
import type { Flag } from '../flag/flag.ts';
import { MIN_UNITS_PER_ARM } from './analysis-plan.ts';
import { driftOf } from './drift.ts';
import type { Experiment } from './experiment.ts';
import type { SubjectTotals } from './ledger.ts';
import type { MetricResult } from './metric-result.ts';
import type { SampleRatio } from './sample-ratio-check.ts';
import { MAX_RANKED_UNITS } from './unit-values.ts';

interface WarningFacts {
  readonly experiment: Experiment;
  readonly totals: SubjectTotals;
  /** Of every treatment. */
  readonly metrics: readonly Pick<MetricResult, 'name' | 'role' | 'unit' | 'reason' | 'adjustment'>[];
  readonly sampleSizes: Readonly<Record<string, number>>;
  readonly ratio: SampleRatio | null;
  readonly flag: Flag | null;
  /** What speaks against the plan itself. */
  readonly advice: readonly string[];
}

const RATIO_NOT_ASKED =
  'the sample ratio is not asked: no exposure of a user was told of, and values without a user say nothing of who was assigned to what; an arm that loses users would go unseen';

export function warningsOf(facts: WarningFacts): string[] {
  const { experiment, totals, metrics, sampleSizes, ratio, flag, advice } = facts;
  const without = namesOf(metrics, (metric) => metric.unit === 'observation');
  const missing = experiment.trackedMetrics
    .filter((tracked) => !Object.hasOwn(totals.metrics, tracked.name))
    .map((tracked) => tracked.name);
  const covariates = experiment.trackedMetrics.filter(({ covariate }) => covariate === true).map(({ name }) => name);
  const said: (string | false)[] = [
    (experiment.phase === 'draft' || experiment.phase === 'scheduled') && 'the test has not been started',
    Math.min(...Object.values(sampleSizes)) < MIN_UNITS_PER_ARM &&
      `${inWords(sampleSizes)} units; at least ${MIN_UNITS_PER_ARM} each are needed before anything is called significant`,
    missing.length > 0 && `nothing was recorded yet of ${missing.join(', ')}`,
    metrics.some((metric) => metric.reason === 'before-planned-end') &&
      'one look at the planned end was declared (method fixedHorizon), so before it nothing is judged',
    ratio?.isMismatch === true && mismatchInWords(ratio),
    ratio === null && Object.values(sampleSizes).some((size) => size > 0) && RATIO_NOT_ASKED,
    changedFlag(experiment, flag),
    ...advice,
    metrics.length > 0 &&
      !metrics.some((metric) => metric.role === 'primary') &&
      'no metric is primary, so nothing can be called significant; name the one that decides in trackedMetrics',
    undeclared(experiment, metrics),
    without.length > 0 &&
      `${without.join(', ')}: recorded without a user, so each value counts by itself; users who report often are then mistaken for many`,
    ...namesOf(metrics, ({ adjustment }) => adjustment !== null).map((name) => adjustedInWords(name, metrics)),
    ...namesOf(metrics, (metric) => covariates.includes(metric.name) && isComparedAsItIs(metric)).map(
      (name) =>
        `${name}: compared as it is, without its covariate; ${MIN_UNITS_PER_ARM} users of each arm need values from before`,
    ),
    totals.contaminatedUnits > 0 && `${totals.contaminatedUnits} units were seen in two arms and count in none`,
    totals.unexposedUnits > 0 &&
      `${totals.unexposedUnits} units have values but were never given a variant by getVariant${Object.keys(experiment.eligibility).length > 0 ? ', or are not eligible' : ''}; their values do not count`,
    totals.refusedUnits > 0 && `${totals.refusedUnits} reports of new units were refused: the ledger is full`,
    totals.refusedObservations > 0 &&
      `${totals.refusedObservations} values were refused: their metric is recorded with a user at times and without at others`,
    ...whyNotCompared(facts, missing),
  ];
  return said.filter((sentence) => sentence !== false);
}

function whyNotCompared({ metrics }: WarningFacts, missing: readonly string[]): string[] {
  return [
    ...namesOf(metrics, ({ reason }) => reason === 'not-binary').map(
      (name) => `${name}: has values other than 0 and 1, so the two-proportion test cannot judge it`,
    ),
    ...namesOf(metrics, ({ reason }) => reason === 'too-many-units').map(
      (name) => `${name}: Mann and Whitney's test ranks the values of up to ${MAX_RANKED_UNITS} units, and there are more`,
    ),
    ...namesOf(metrics, ({ name, reason }) => reason === 'zero-variance' && !missing.includes(name)).map(
      (name) => `${name}: every value is the same within each arm, so chance cannot be judged`,
    ),
    ...namesOf(metrics, ({ reason }) => reason === 'out-of-range').map(
      (name) => `${name}: its values are too large or too small to be compared; see whether their unit is right`,
    ),
    ...namesOf(metrics, ({ reason }) => reason === 'zero-denominator').map(
      (name) => `${name}: what it is divided by is 0 for everybody in an arm, so it is no ratio`,
    ),
    ...namesOf(metrics, ({ reason }) => reason === 'control-mean-near-zero').map(
      (name) => `${name}: the control's mean is too near to 0 for a relative change`,
    ),
  ];
}

/** What cannot be compared at all may have all its values from before. */
function isComparedAsItIs({ adjustment, reason }: WarningFacts['metrics'][number]): boolean {
  return adjustment === null && reason !== 'zero-variance' && reason !== 'out-of-range';
}

/** That an adjustment was made, and for how many units without knowing what they did before. */
function adjustedInWords(name: string, metrics: WarningFacts['metrics']): string {
  const imputed = Math.max(...metrics.filter((one) => one.name === name).map(({ adjustment }) => adjustment?.imputedUnits ?? 0));
  const without = imputed === 0 ? '' : `; ${imputed} of them had none, and the mean stands in for theirs`;
  return `${name}: its difference is adjusted by the users' values from before their exposure${without}`;
}

/** A misspelt name is a metric of its own. */
function undeclared({ trackedMetrics }: Experiment, metrics: WarningFacts['metrics']): string | false {
  const found = namesOf(metrics, ({ name }) => trackedMetrics.every((tracked) => tracked.name !== name));
  if (trackedMetrics.length === 0 || found.length === 0) return false;
  const more = found.length > 5 ? ` and ${found.length - 5} more` : '';
  return `${found.slice(0, 5).join(', ')}${more}: recorded, but not declared in trackedMetrics, so it decides nothing; see whether the name is right`;
}

function mismatchInWords({ observed, expected, pValue }: SampleRatio): string {
  const rounded = Object.fromEntries(Object.entries(expected).map(([arm, count]) => [arm, Math.round(count)]));
  return `${inWords(observed)} users where the weights give ${inWords(rounded)}; by chance that happens ${rarityOf(Math.log(pValue))}, so something loses or moves users, the arms are unlike, and nothing is called significant`;
}

function namesOf(metrics: WarningFacts['metrics'], holds: (metric: WarningFacts['metrics'][number]) => boolean): string[] {
  return [...new Set(metrics.filter(holds).map((metric) => metric.name))];
}

/** As in "control has 4 and treatment 5". */
function inWords(sampleSizes: Readonly<Record<string, number>>): string {
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
