/**
 * Whether more units meet an error on the change than beside it, by the exact event test over all stages that had a control. It may be asked at every
 * look and at any number of errors. Units count once a stage, however often they met one, because the requests of one unit fail together.
 */
import { isAnswer } from '../statistics/answer.ts';
import type { EventCounts } from '../statistics/event-test.ts';
import { stagedEventTest } from '../statistics/staged-event-test.ts';
import type { Criterion } from './criterion.ts';

/** The chance that a change that is no worse than tolerated is ever called so, over all comparisons of a stage and all looks. */
const ALPHA = 0.05;

/** What the change is compared by. */
export interface ErrorUnits {
  /** Of each stage so far that had a control, the current one last: distinct units that met an error. */
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
export function compareWithControl({ versusControl }: Criterion, units: ErrorUnits | undefined): Comparison | null {
  if (versusControl === undefined || units === undefined) return null;
  const test = stagedEventTest(units.stages, { toleratedRatio: versusControl });
  if (!isAnswer(test)) return null;
  const needed = Math.max(1, units.comparisons) / ALPHA;
  return { isWorse: test.logE >= Math.log(needed), logE: test.logE, message: inWords(units, versusControl, test.logE, needed) };
}

function inWords({ stages }: ErrorUnits, ratio: number, logE: number, needed: number): string {
  const sum = (read: (stage: EventCounts) => number): number => stages.reduce((total, stage) => total + read(stage), 0);
  const [on, beside] = [sum((stage) => stage.canaryEvents), sum((stage) => stage.baselineEvents)];
  const share = Number(((stages.at(-1)?.canaryShare ?? 0) * 100).toPrecision(3));
  return `${on} units met an error on the change and ${beside} beside it, where it has ${share} % of the traffic: evidence ${times(logE)} that its error rate is more than ${ratio} times the control's; harm from ${times(Math.log(needed))}`;
}

/** As in "1.2e+9 : 1". */
function times(logE: number): string {
  const digits = logE / Math.LN10;
  return digits > 300 ? `10^${Math.floor(digits)} : 1` : `${Number(Math.exp(logE).toPrecision(2))} : 1`;
}
