/**
 * Whether more units meet an error, or are slow, on the change than beside it, by the exact event test over all stages that had a control. It may be asked at every
 * look and at any number of errors. Units count once a stage, however often they met one, because the requests of one unit fail together.
 */
import { isAnswer } from '../statistics/answer.ts';
import type { EventCounts } from '../statistics/event-test.ts';
import { stagedEventTest } from '../statistics/staged-event-test.ts';
import type { Criterion } from './criterion.ts';
import { parseMetric } from './metric.ts';

/** The chance that a change that is no worse than tolerated is ever called so, over all comparisons of a stage and all looks. */
const ALPHA = 0.05;

/** What the change is compared by. */
export interface ErrorUnits {
  /** Of each stage so far that had a control, the current one last: distinct units that met an error, or a value above `slowerThan`. */
  readonly stages: readonly EventCounts[];
  /** How many criteria of the stage compare: the chance is divided among them. */
  readonly comparisons: number;
}

export interface Comparison {
  readonly isWorse: boolean;
  readonly logE: number;
  readonly message: string;
}

/** Null where the criterion compares nothing. */
export function compareWithControl({ versusControl, slowerThan }: Criterion, units: ErrorUnits | undefined): Comparison | null {
  if (versusControl === undefined || units === undefined) return null;
  const test = stagedEventTest(units.stages, { toleratedRatio: versusControl });
  if (!isAnswer(test)) return null;
  const needed = Math.max(1, units.comparisons) / ALPHA;
  return {
    isWorse: test.logE >= Math.log(needed),
    logE: test.logE,
    message: inWords(units, { versusControl, slowerThan }, test.logE, needed),
  };
}

/** The metric of which units are counted that meet a value above `slowerThan`; null where errors are compared, or nothing. */
export function slowMetricOf({ metric, slowerThan }: Criterion): string | null {
  const query = slowerThan === undefined ? null : parseMetric(metric);
  return query !== null && 'kind' in query && query.kind === 'quantile' ? query.metric : null;
}

interface Compared {
  readonly versusControl: number;
  readonly slowerThan: number | undefined;
}

function inWords({ stages }: ErrorUnits, { versusControl, slowerThan }: Compared, logE: number, needed: number): string {
  const sum = (read: (stage: EventCounts) => number): number => stages.reduce((total, stage) => total + read(stage), 0);
  const [on, beside] = [sum((stage) => stage.canaryEvents), sum((stage) => stage.baselineEvents)];
  const share = Number(((stages.at(-1)?.canaryShare ?? 0) * 100).toPrecision(3));
  const [met, rate] = slowerThan === undefined ? ['an error', 'error rate'] : [`more than ${slowerThan}`, 'rate of slow units'];
  return `${on} units met ${met} on the change and ${beside} beside it, where it has ${share} % of the traffic: evidence ${times(logE)} that its ${rate} is more than ${versusControl} times the control's; harm from ${times(Math.log(needed))}`;
}

/** As in "1.2e+9 : 1". */
function times(logE: number): string {
  const digits = logE / Math.LN10;
  return digits > 300 ? `10^${Math.floor(digits)} : 1` : `${Number(Math.exp(logE).toPrecision(2))} : 1`;
}
