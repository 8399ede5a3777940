/** How a rollout is to go, as options. */
import type { RolloutSettings } from '@sluice/core';
import { criterionOf } from '../criterion-text.ts';
import { type Given, given, type OptionSpec } from '../option.ts';
import { objectIn } from '../shared-options.ts';

export const PLAN_OPTIONS: readonly OptionSpec[] = [
  { form: '--strategy <name>', says: 'canary (unless given), blueGreen, percentage, ring' },
  { form: '--stages <list>', says: 'ascending percentages, as 5,20,100', type: 'percentages' },
  { form: '--target <0-100>', says: '100 unless given', type: 'percentage' },
  { form: '--bake <duration>', says: 'of each stage; 5m unless given', type: 'duration' },
  { form: '--criterion <text>', says: 'errorRate<=0.05, or <=1.2x the control; repeatable', isList: true },
  { form: '--validator <name>', says: 'what else judges each stage' },
  { form: '--manual', says: 'every stage waits for sluice rollout approve' },
  { form: '--to <variant>', says: 'a variant, or a version of a component' },
  { form: '--unvalidated', says: 'by time alone: nothing judges it' },
  { form: '--settings <json>', says: 'any other setting, as freezeWindows', type: 'json' },
];

/** Whether `--to` names a version is known by whoever knows the flag. */
export function rolloutSettingsOf(asked: Given): RolloutSettings {
  const stages = asked.numbers('stages');
  const criteria = asked.list('criterion')?.map(criterionOf);
  const { strategy, ...more } = objectIn(asked, 'settings') as Partial<RolloutSettings>;
  const named = asked.text('strategy') as RolloutSettings['strategy'] | undefined;
  return {
    strategy: named ?? strategy ?? (stages === undefined ? 'canary' : 'percentage'),
    ...more,
    ...given({
      stages,
      targetPercentage: asked.number('target'),
      bakeMs: asked.number('bake'),
      criteria,
      validatorName: asked.text('validator'),
      autoAdvance: asked.has('manual') ? false : undefined,
      toVariant: asked.text('to'),
      unvalidated: asked.has('unvalidated') ? true : undefined,
    }),
  };
}
