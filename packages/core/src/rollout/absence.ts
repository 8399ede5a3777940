/**
 * Absence as harm: units are served the change, those beside them report, and the change reports nothing. What crashes tells of no error.
 *
 * Where the change reports as often as the control does, each report is the change's with probability θ = serves of the change / all serves. So n
 * reports that are all the control's happen by chance with probability (1 − θ)^n. While a silence lasts that event only gets rarer, so looking often
 * keeps the level.
 */
import { rarityOf } from '../analysis/comparison.ts';
import type { Criterion, Measurement, Verdict } from '../analysis/criterion.ts';
import { WHOLE_SHARE } from '../share.ts';
import type { Rollout, Silence, Stage } from './rollout.ts';

/** A stage has one silence before its first report, and may have a hundred between two of them. */
const FIRST_LEVEL = 1e-3;
const LATER_LEVEL = 1e-6;
/** What was served just before a report may be counted after it: other processes hand their counts on every few seconds. */
const SETTLE_MS = 10_000;
/** Looks further apart than this part of the criterion's window, or than so many ticks, were no watching. */
const LONGEST_GAP = { ofWindow: 0.5, ticks: 3 } as const;

/** Evaluations of this stage so far: of all, and of those that got the change. */
export interface Serves {
  readonly asked: number;
  readonly served: number;
}

/** Beside a preview, a ring and everybody there is nobody to compare with, and a way back is not judged. */
export function hasControl({ plan }: Rollout, stage: Stage): boolean {
  return plan.strategy !== 'rollback' && stage.share !== null && stage.share > 0 && stage.share < WHOLE_SHARE;
}

/** From when on the control's reports are to be measured for this criterion; null while that is not asked. */
export function controlRange({ progress }: Rollout, criterion: Criterion, index: number, now: number): number | null {
  const silence = progress?.silences[index];
  if (silence?.ripe == null || now - silence.ripe.at < criterion.staleAfterMs) return null;
  return Math.max(silence.since, now - criterion.windowMs);
}

/** The silence that lasts at this look: the one before, or a new one when the change was heard of or nobody watched. */
export function silenceAt(before: Silence | undefined, { measurement, criterion, serves, ...looks }: SilenceFacts): Silence {
  const { now, lookedAt, enteredAt } = looks;
  if (before === undefined && lookedAt !== null) return { since: enteredAt, asked: 0, served: 0, isFirst: true, ripe: null };
  const anew: Silence = { since: now, ...serves, isFirst: false, ripe: null };
  if (before === undefined || measurement.kind === 'error' || lookedAt === null || before.since > now) return anew;
  const gap = Math.max(LONGEST_GAP.ticks * looks.tickMs, LONGEST_GAP.ofWindow * criterion.staleAfterMs);
  if (now - lookedAt > gap) return { ...anew, isFirst: before.isFirst };
  const heardAt = measurement.at !== null && measurement.at >= enteredAt ? measurement.at : null;
  return heardAt !== null && (heardAt > before.since || now - heardAt < SETTLE_MS) ? anew : before;
}

/** After it was judged: the serves so far are what it is judged by a window from now. */
export function ripened(silence: Silence, criterion: Criterion, serves: Serves, now: number): Silence {
  const isDue = silence.ripe === null || now - silence.ripe.at >= criterion.staleAfterMs;
  const isEnough = serves.served - silence.served >= -Math.log(levelOf(silence));
  return isDue && isEnough ? { ...silence, ripe: { at: now, ...serves } } : silence;
}

export interface SilenceFacts {
  readonly measurement: Measurement;
  readonly criterion: Criterion;
  readonly serves: Serves;
  readonly tickMs: number;
  readonly lookedAt: number | null;
  readonly enteredAt: number;
  readonly now: number;
}

/** The verdict that the silence before this look is harm, or null. Serves count only from a window ago, so that each had the time to report. */
export function absenceOf(
  silence: Silence | undefined,
  control: Measurement | null,
  criterion: Criterion,
  now: number,
): Pick<Verdict, 'verdict' | 'cause' | 'message'> | null {
  const ripe = silence?.ripe ?? null;
  if (silence === undefined || ripe === null || control?.kind !== 'value') return null;
  if (now - ripe.at < criterion.staleAfterMs || !(now - control.at <= criterion.staleAfterMs)) return null;
  const [served, asked] = [ripe.served - silence.served, ripe.asked - silence.asked];
  // A report for each serve at the most: a counter that is raised by more than one is still one report.
  const reports = Math.min(control.samples, asked - served);
  if (!(reports > 0)) return null;
  const logChance = reports * Math.log1p(-served / asked);
  if (!(logChance <= Math.log(levelOf(silence)))) return null;
  return {
    verdict: 'fail',
    cause: 'absence',
    message: `no ${criterion.metric} for ${Math.round((now - silence.since) / 1000)} s from the change, which was served ${served} times, while the control reported ${reports} times; by chance that happens ${rarityOf(logChance)}`,
  };
}

function levelOf({ isFirst }: Silence): number {
  return isFirst ? FIRST_LEVEL : LATER_LEVEL;
}
