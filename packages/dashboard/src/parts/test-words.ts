/** A test and what was found of it, in words of the page. */
import type { TrackedMetric } from '@sluice/core';
import type { MetricResult, Test } from '../api/answers.ts';
import { duration } from './durations.ts';

const DAY_MS = 86_400_000;

/** As in `7 %`, with what digits it has. */
export function percent(part: number): string {
  return `${Number((part * 100).toFixed(3))} %`;
}

export function daysInWords(days: number): string {
  if (days < 1) return duration(days * DAY_MS);
  return days === 1 ? '1 day' : `${days} days`;
}

export const AGGREGATION_WORDS: Readonly<Record<TrackedMetric['aggregation'], string>> = {
  mean: 'mean of a user',
  sum: 'sum of a user',
  count: 'how many of a user',
  max: 'largest of a user',
};

/** What it is for and how it counts. */
export function metricInWords(metric: TrackedMetric): string {
  const { name, role, goal, margin, aggregation, per, windowDays, cap, covariate } = metric;
  const parts = [
    role,
    `good is ${goal === 'increase' ? 'more' : 'less'}`,
    role === 'guardrail' && `may be worse by ${percent(margin ?? 0)}`,
    per === undefined ? AGGREGATION_WORDS[aggregation] : `per ${per}`,
    windowDays !== undefined && `of their first ${daysInWords(windowDays)}`,
    cap !== undefined && `values up to ${cap}`,
    covariate === true && 'what was there before is taken out',
  ];
  return `${name}: ${parts.filter((part) => part !== false).join(', ')}`;
}

export function startConsequence({ trafficShare, startsAt }: Pick<Test, 'trafficShare' | 'startsAt'>): string {
  const when = startsAt === null ? 'from now on' : 'from its planned time on, by itself';
  return `The arms open to ${percent(trafficShare)} of those who are eligible, and what they meet counts ${when}.`;
}

export function stopConsequence({ phase, method }: Pick<Test, 'phase' | 'method'>): string {
  const last = 'A test that was stopped does not start again.';
  if (phase === 'scheduled') return `It does not begin: everybody keeps the control. ${last}`;
  const judged =
    method === 'fixedHorizon'
      ? 'It is judged once, at its planned end: stopped before, it is never judged.'
      : 'The results stay, and a winner can be shipped.';
  return `Everybody gets the control again. ${judged} ${last}`;
}

const VERDICT_WORDS: Readonly<Record<MetricResult['verdict'], string>> = {
  better: 'better',
  worse: 'worse',
  notWorse: 'not worse',
  noDifference: 'no difference shown',
  insufficientData: 'too few units',
  undefined: 'cannot be judged',
};

export function verdictInWords({ verdict, reason }: Pick<MetricResult, 'verdict' | 'reason'>): string {
  return reason === 'before-planned-end' ? 'not judged' : VERDICT_WORDS[verdict];
}
