/** Whether what a process reports of a subject can be of anything that this scope has. */
import { type Experiment, subjectOf, takesAPart } from '@sluice/core';
import { describeValue } from './failure.ts';
import type { View } from './view.ts';

const FLAG = 'flag/';
/** After `rollout/<key>/`: the number of the rollout and its stage, and what of the stage. */
const STAGE = /^(\d{1,9})\/(\d{1,6})(\/(?:slow|mean)\/.+|\/undrawn)?$/s;

/** Why a tally of this subject is of no use, as a sentence; null when it is: of a flag, or of a stage of its rollout. */
export function tallyProblem(view: View, subject: string): string | null {
  if (subject.startsWith(FLAG) && view.flag(subject.slice(FLAG.length)) !== undefined) return null;
  return flagOfStage(view, subject)?.part === '' ? null : unknown(subject, 'a flag or a stage of a rollout');
}

/** The same of a unit's or an arm's values: of a test and one of its arms, or of a stage and a variant of its flag. */
export function armProblem(view: View, subject: string, arm: string): string | null {
  const experiment = experimentOf(view, subject);
  if (experiment !== undefined) {
    const isArm = experiment.arms.some(({ variant }) => variant === arm);
    return isArm ? null : `variant ${describeValue(arm)} is no arm of the test "${experiment.key}"`;
  }
  const stage = flagOfStage(view, subject);
  if (stage === undefined) return unknown(subject, 'a test or a stage of a rollout');
  const variants = view.flag(stage.flag)?.variants ?? {};
  return Object.hasOwn(variants, arm) ? null : `flag "${stage.flag}" has no variant ${describeValue(arm)}`;
}

/** The same of an arm's values that came without their unit. */
export function observationProblem(view: View, subject: string, arm: string): string | null {
  const experiment = experimentOf(view, subject);
  if (experiment !== undefined && takesAPart(experiment))
    return `values of the test "${experiment.key}" need their unit: it takes a part of the traffic, and who is outside of it is served the control, too`;
  return armProblem(view, subject, arm);
}

function experimentOf(view: View, subject: string): Experiment | undefined {
  const named = view.experiments.get(subject);
  if (named !== undefined) return named;
  const parts = /^experiment\/(.+)\/(\d{1,9})$/s.exec(subject);
  const found = view.experiments.get(parts?.[1] ?? '');
  const number = Number(parts?.[2]);
  return found !== undefined && number <= found.number && subjectOf({ key: found.key, number }) === subject ? found : undefined;
}

function flagOfStage(view: View, subject: string): { readonly flag: string; readonly part: string } | undefined {
  if (!subject.startsWith('rollout/')) return undefined;
  for (const { key, number, plan } of view.rollouts.values()) {
    const lead = `rollout/${key}/`;
    const parts = subject.startsWith(lead) ? STAGE.exec(subject.slice(lead.length)) : null;
    if (parts === null) continue;
    const [of, stage] = [Number(parts[1]), Number(parts[2])];
    if (of >= 1 && of <= number && (of < number || stage < plan.stages.length)) return { flag: key, part: parts[3] ?? '' };
  }
  return undefined;
}

function unknown(subject: string, what: string): string {
  return `${describeValue(subject)} is not ${what} of this environment`;
}
