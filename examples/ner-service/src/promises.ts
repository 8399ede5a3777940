/** What each act of the story promises, judged by what the traffic saw: the same in one process and through a server. */
import type { RolloutStatus, TestResults } from 'sluice';
import { STABLE } from './assignment.ts';
import { type Fact, fact } from './fact.ts';
import { shown } from './result-table.ts';
import { type Seen, shareOf } from './traffic.ts';

interface Canary {
  readonly status: Pick<RolloutStatus, 'phase' | 'stagePercentages'>;
  /** In percent of the requests afterwards. */
  readonly share: number;
  readonly switched: ReadonlySet<string>;
  readonly dropped: ReadonlySet<string>;
  /** The part of the labelled texts that it reads right, 0 to 1. */
  readonly accuracy: number;
}

export function canaryFacts({ status, share, switched, dropped, accuracy }: Canary): Fact[] {
  return [
    fact(
      'the canary went through all its stages',
      status.phase === 'completed',
      `phase ${status.phase}, ${status.stagePercentages.join(' → ')} %`,
    ),
    fact('everybody is served by wink', share === 100, `${share.toFixed(1)} % of requests`),
    fact('nobody who had wink lost it on the way', dropped.size === 0, `${dropped.size} of ${switched.size} users`),
    fact('wink finds the authors', accuracy > 0.5, `${(100 * accuracy).toFixed(0)} % of labelled texts`),
  ];
}

/** Who met an error when, in milliseconds since 1970. */
export interface Failure {
  readonly user: string;
  readonly at: number;
}

interface Defect {
  readonly status: Pick<RolloutStatus, 'phase' | 'error'> & {
    readonly verdicts: readonly Pick<RolloutStatus['verdicts'][number], 'cause' | 'logE'>[];
  };
  readonly rollback: { readonly strategy: string; readonly at: Date | string } | undefined;
  /** Units that met an error, by the report of the rollback: one that met errors at two stages counts in both. */
  readonly counted: number;
  readonly failures: readonly Failure[];
  readonly served: ReadonlySet<string>;
  /** The traffic afterwards. */
  readonly after: Seen;
}

/** By then what was measured has been reported, and judged. */
const REPORTED_MS = 3_000;

export function defectFacts({ status, rollback, counted, failures, served, after }: Defect): Fact[] {
  const reportedAt = rollback === undefined ? 0 : new Date(rollback.at).getTime() - REPORTED_MS;
  const reported = new Set(failures.filter(({ at }) => at <= reportedAt).map(({ user }) => user));
  const all = new Set(failures.map(({ user }) => user));
  const logE = Math.max(0, ...status.verdicts.map((verdict) => (verdict.cause === 'comparison' ? (verdict.logE ?? 0) : 0)));
  return [
    fact(
      'the defect was caught and rolled back by itself',
      status.phase === 'failed' && rollback?.strategy === 'automatic',
      status.error ?? status.phase,
    ),
    fact(
      'it was caught by evidence, an e-value that was looked at all the time',
      logE >= Math.log(20),
      `${Math.exp(logE).toPrecision(2)} : 1 that it fails more than 1.2 times as often as wink`,
    ),
    fact(
      'the report names how many users met it, as the traffic saw them',
      counted > 0 && counted >= reported.size && counted <= failures.length,
      `${counted} in the report, ${all.size} in the traffic, of ${served.size} served`,
    ),
    fact(
      'nobody is served by it any more, and nothing fails',
      shareOf(after, 'wink-dated') === 0 && after.failed === 0 && after.answered > 0,
      `${after.failed} failures in ${after.answered} requests`,
    ),
    fact('everybody is back on wink', shareOf(after, 'wink') === 100, `${shareOf(after, 'wink').toFixed(1)} % of requests`),
  ];
}

interface Tested {
  readonly ended: boolean;
  readonly stopReason: string | null;
  readonly results: Pick<TestResults, 'sampleSizes' | 'significant' | 'sampleRatio'> & {
    readonly [Map in 'verdict' | 'improvement' | 'controlMean' | 'treatmentMean']: TestResults[Map];
  } & { readonly interval: Readonly<Record<string, readonly number[] | null>> };
}

export function testFacts({ ended, stopReason, results }: Tested): Fact[] {
  const { control, treatment } = results.sampleSizes;
  return [
    fact('the test ended by itself after its planned time', ended, stopReason ?? 'still running'),
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

/** Of named users, and of one who was not named, before and afterwards. */
export interface Targeted {
  readonly named: readonly string[];
  readonly other: { readonly before: string | undefined; readonly after: string | undefined };
}

export function targetedFacts({ named, other }: Targeted): Fact[] {
  return [
    fact(
      'three named users are taken back in one commit',
      named.every((component) => component === STABLE),
      named.join(', '),
    ),
    fact('nobody else notices', other.after === other.before && other.after !== STABLE, `user-10 is served by ${other.after}`),
  ];
}
