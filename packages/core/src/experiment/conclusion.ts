/** What may be concluded of a test, in words that a person who knows no statistics can repeat without saying more than was shown. */
import type { Experiment } from './experiment.ts';
import type { MetricResult } from './metric-result.ts';
import type { TestResults } from './test-results.ts';
import { isReversed } from './winner.ts';

type Judged = Omit<TestResults, 'conclusion'>;

/** The first sentence says it, the others why; never empty. */
export function concluded(experiment: Pick<Experiment, 'arms' | 'phase'>, results: Judged): readonly string[] {
  const { significant, winner } = results;
  const open = nothingYet(experiment, results);
  if (open !== null) return open;
  if (Object.values(results.arms).some(({ metrics }) => Object.values(metrics).some(isReversed)))
    return [
      'Nothing wins: what was found earlier and what is measured now say the opposite.',
      'Something changed while the test ran. Find out what before reading on.',
    ];
  const control = experiment.arms[0].variant;
  if (winner !== null && winner !== control) return treatmentWon(experiment, results, winner);
  if (winner === control) return ['Keep the control: every treatment is worse.', ...found(experiment, results, 'primary')];
  const hurt = found(experiment, results, 'guardrail');
  if (significant || hurt.length > 0)
    return [
      hurt.length > 0 ? 'Ship none of it as it is: a guardrail is worse.' : openBetween(experiment, results),
      ...hurt,
      ...found(experiment, results, 'primary'),
    ];
  return noDifference(experiment, results);
}

/** Why what differs names no winner: the treatments are not compared with one another, or the metrics disagree. */
function openBetween({ arms }: Pick<Experiment, 'arms'>, results: Judged): string {
  const better = arms
    .slice(1)
    .map(({ variant }) => variant)
    .filter((variant) => {
      const primaries = Object.values(results.arms[variant]?.metrics ?? {}).filter(({ role }) => role === 'primary');
      return primaries.some(({ verdict }) => verdict === 'better') && !primaries.some(({ verdict }) => verdict === 'worse');
    });
  return better.length > 1
    ? `${better.join(' and ')} are each better than the control, and none of them is ahead in every primary metric.`
    : 'There is no clear winner: something differs, and not all of it for the better.';
}

/** Why nothing may be concluded at all, or null. */
function nothingYet({ phase }: Pick<Experiment, 'phase'>, results: Judged): readonly string[] | null {
  if (phase === 'draft' || phase === 'scheduled') return ['The test has not started.'];
  const all = Object.values(results.arms).flatMap(({ metrics }) => Object.values(metrics));
  if (results.reason === 'sample-ratio-mismatch')
    return [
      'Nothing can be concluded: the arms are not alike.',
      'Units did not fall into them as the weights say, so whatever differs may come from who is missing. Find out why before reading on.',
    ];
  if (results.reason === 'before-planned-end')
    return phase === 'stopped'
      ? [
          'Nothing can be concluded: the test was stopped before its planned end.',
          'It was to be judged once, at that end. What was measured until then cannot be judged so; a new test can.',
        ]
      : ['Not yet: this test is judged once, at its planned end.', 'Whoever looks before and decides would be wrong too often.'];
  if (!all.some(({ role }) => role === 'primary'))
    return ['Nothing can be concluded: no metric is primary.', 'Name the one that decides among the tracked metrics.'];
  if (results.reason === 'insufficient-data')
    return phase === 'running'
      ? ['It is too early to say anything.', 'A hundred units of each arm are needed before anything is called a difference.']
      : ['Nothing can be concluded: too few units were in the test.', 'A hundred of each arm are needed.'];
  return results.reason === null ? null : ['Nothing can be concluded from these values; see the warnings.'];
}

function treatmentWon(experiment: Pick<Experiment, 'arms' | 'phase'>, results: Judged, winner: string): readonly string[] {
  const own = Object.values(results.arms[winner]?.metrics ?? {});
  const guardrails = own.filter(({ role }) => role === 'guardrail');
  const guarded =
    guardrails.length === 0 ? [] : [`No guardrail is shown to be worse (${guardrails.map(({ name }) => name).join(', ')}).`];
  const next =
    experiment.phase === 'running' && results.method === 'sequence'
      ? ['This holds however often one looked, so the test may be stopped and the winner shipped.']
      : [];
  return [`${winner} is better than the control.`, ...differing(own, 'primary', winner), ...guarded, ...next];
}

/** That nothing was shown is not that nothing is there: says how much there may still be. */
function noDifference({ phase }: Pick<Experiment, 'phase'>, results: Judged): readonly string[] {
  const primaries = Object.entries(results.arms).flatMap(([variant, { metrics }]) =>
    Object.values(metrics)
      .filter(({ role }) => role === 'primary')
      .map((metric) => ({ variant, metric })),
  );
  const sentences = primaries.flatMap(({ variant, metric }) => {
    const range = rangeOf(metric);
    if (range === null) return [];
    return primaries.length > 1 && leavesOutNone(metric)
      ? [
          `${metric.name} in ${variant} would differ if it were the only comparison, ${range}; of ${primaries.length} that is not enough.`,
        ]
      : [`${metric.name} in ${variant} may still differ by anything ${range}.`];
  });
  const said = phase === 'running' ? 'No difference is shown so far.' : 'No difference was shown.';
  return [said, ...sentences, 'That is not the same as none: a smaller one takes more units to be seen.'];
}

function leavesOutNone({ interval }: MetricResult): boolean {
  return interval !== null && (interval[0] > 0 || interval[1] < 0);
}

function found({ arms }: Pick<Experiment, 'arms'>, results: Judged, role: MetricResult['role']): readonly string[] {
  return arms.slice(1).flatMap(({ variant }) => differing(Object.values(results.arms[variant]?.metrics ?? {}), role, variant));
}

function differing(metrics: readonly MetricResult[], role: MetricResult['role'], variant: string): readonly string[] {
  return metrics
    .filter((metric) => metric.role === role && (metric.verdict === 'better' || metric.verdict === 'worse'))
    .map((metric) => {
      const range = rangeOf(metric);
      const where = range === null ? '' : `, and with 95 % confidence ${range}`;
      return `${metric.name} is ${metric.verdict} in ${variant}: ${amountOf(metric, variant)}${where}.`;
    });
}

/** Ranks may say the opposite of the means, so of them it is told what was compared. */
function amountOf({ superiority, lift, difference }: MetricResult, variant: string): string {
  if (superiority !== null)
    return `the value of ${variant} is the larger one in ${Number((superiority * 100).toPrecision(3))} of 100 pairs of units`;
  return `by ${lift === null ? shown(difference) : percent(lift)}`;
}

/** In percent of the control's mean where that is possible, else in the metric's own unit. Null where what was compared has no interval. */
function rangeOf({ liftInterval, interval }: MetricResult): string | null {
  if (interval === null) return null;
  if (liftInterval !== null) return `between ${percent(liftInterval[0])} and ${percent(liftInterval[1])}`;
  return `between ${shown(interval[0])} and ${shown(interval[1])}`;
}

function percent(fraction: number): string {
  return `${signed(fraction * 100, 2)} %`;
}

function shown(value: number | null): string {
  return signed(value ?? 0, 3);
}

function signed(value: number, digits: number): string {
  const rounded = Number(value.toPrecision(digits));
  return rounded > 0 ? `+${rounded}` : String(rounded).replace(/^-/, '−');
}
