/** What becomes of a rollout: it is started once; one of the same plan is left alone, whether it is under way or over. */
import {
  type Flag,
  isRefusal,
  type JsonValue,
  jsonEqual,
  parseRolloutSettings,
  planStart,
  type RolloutPlan,
  type RolloutSettings,
  SluiceError,
  servedShare,
  WHOLE_SHARE,
} from '@sluice/core';
import { inCommands } from '../library-words.ts';
import { isOneStep } from '../one-step.ts';
import type { KeptRollout, KeptState } from './kept-state.ts';
import type { PlannedFlag } from './plan.ts';
import type { RolloutStep } from './plan-step.ts';

export interface CompareRolloutOptions {
  /** Whether one that is under way with another plan is ended for this one. */
  readonly supersede: boolean;
}

/** `flag` is as it will be when the plan's settings are set; null when they are refused. */
export function compareRollout(
  planned: PlannedFlag & { readonly rollout: RolloutSettings },
  flag: Flag | null,
  kept: KeptState,
  { supersede }: CompareRolloutOptions,
): RolloutStep {
  const { name, rollout: settings } = planned;
  const step = (action: RolloutStep['action'], because: string | null): RolloutStep => ({
    kind: 'rollout',
    key: name,
    action,
    changes: [],
    because,
    reachesEverybody: (action === 'start' || action === 'supersede') && isOneStep(settings),
    settings,
  });
  if (flag === null) return step('refused', 'its flag is refused');
  const latest = kept.rollouts.get(name);
  // One that failed its preflight moved nothing: what it lacked may be there now.
  if (latest !== undefined && latest.outcome !== 'preflightFailed' && isOf(latest, settings, flag, kept))
    return step('none', standing(latest));
  if (latest?.isUnderWay === true) {
    const other = `rollout #${latest.rollout.number} of another plan is under way`;
    if (!supersede) return step('blocked', `${other}: wait for it, or give --supersede`);
    const problem = takeoverProblem(settings, flag, latest, kept);
    return problem === null ? step('supersede', `${other}, and ends for this one`) : step('refused', `${other}, and ${problem}`);
  }
  if (flag.shareOwner?.kind === 'experiment') return step('blocked', `test "${flag.shareOwner.key}" moves its share`);
  if (flag.status === 'disabled') return step('left', 'its flag is off, and a rollout never undoes that');
  return startable(step, planOf(settings, flag, kept), flag);
}

/** Why it would not take over from the one that is under way, as the server decides it. */
function takeoverProblem(settings: RolloutSettings, flag: Flag, { rollout }: KeptRollout, kept: KeptState): string | null {
  const plan = (freed: Flag): RolloutPlan => parseRolloutSettings(freed, settings, kept.components.get(flag.key));
  // What it has written is in no document: it is what the flag has.
  const running = { ...rollout, applied: flag };
  const facts = { scope: flag.scope, key: flag.key, flag, rollout: running, experiment: undefined };
  const request = { plan, by: { actor: '', reason: '' }, onConflict: 'supersede', problem: () => null, underWay: [] } as const;
  try {
    const start = planStart(facts, request, rollout.startedAt);
    return isRefusal(start) ? inCommands(start.refused) : null;
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    if (isThere(error)) return 'what was before it is what this one leads to: `sluice rollout abort` gives that back';
    return error.issues.map(({ path, message }) => `${path} ${message}`.trim()).join('; ');
  }
}

function isThere({ issues }: SluiceError): boolean {
  return (
    issues.length > 0 &&
    issues.every(({ path, message }) => path === '/targetPercentage' && message.startsWith('nothing is left'))
  );
}

function startable(
  step: (action: RolloutStep['action'], because: string | null) => RolloutStep,
  plan: RolloutPlan | SluiceError,
  flag: Flag,
): RolloutStep {
  if (!(plan instanceof SluiceError)) {
    const stages = plan.stages.map(({ percentage }) => percentage).join(' → ');
    return step('start', `${plan.strategy}: ${stages} %`);
  }
  if (isThere(plan))
    return step('none', `it is there already: ${servedShare(flag) === WHOLE_SHARE ? 'everybody is in' : 'the share is reached'}`);
  return step('refused', plan.issues.map(({ path, message }) => `${path} ${message}`.trim()).join('; '));
}

/** Whether the latest rollout was started by the same settings, from where it then began. */
function isOf({ rollout }: KeptRollout, settings: RolloutSettings, flag: Flag, kept: KeptState): boolean {
  const plan = planOf(settings, { ...flag, ...rollout.before }, kept);
  return !(plan instanceof SluiceError) && jsonEqual(plan as unknown as JsonValue, rollout.plan as unknown as JsonValue);
}

function planOf(settings: RolloutSettings, flag: Flag, { components }: KeptState): RolloutPlan | SluiceError {
  try {
    return parseRolloutSettings(flag, settings, components.get(flag.key));
  } catch (error) {
    if (error instanceof SluiceError) return error;
    throw error;
  }
}

function standing({ rollout, isUnderWay, outcome }: KeptRollout): string {
  if (isUnderWay) return `rollout #${rollout.number} of this plan is under way`;
  if (outcome === 'completed') return `rollout #${rollout.number} of this plan is completed`;
  return `rollout #${rollout.number} of this plan ended ${outcome}, and is not started again: change the plan, or sluice rollout start`;
}
