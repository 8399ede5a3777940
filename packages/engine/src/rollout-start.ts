/** The start of a rollout in one commit, together with what else must happen then. */
import {
  type Change,
  type Flag,
  type FlagFacts,
  isEnded,
  isRefusal,
  parseRolloutSettings,
  planStart,
  type Refusal,
  type RolloutPlan,
  type RolloutSettings,
  type RolloutStatus,
  rolloutStatus,
  SluiceError,
  type StartRequest,
} from '@sluice/core';
import { poolOf } from './components/version-pool.ts';
import { controllerOf } from './controllers.ts';
import { describeValue } from './failure.ts';
import { attributionOf, checkIsObject, type MutationOptions, requestOf } from './mutation.ts';
import { callOn } from './names.ts';
import { presentFigures } from './present-figures.ts';
import type { Decide, Runtime } from './runtime.ts';
import type { Validator } from './validators.ts';
import type { View } from './view.ts';

export interface StartRolloutOptions extends RolloutSettings, MutationOptions {
  /** Says whether a stage is good. Registered under `validatorName`, or under the flag's name. */
  readonly validate?: Validator;
  /** What to do when a rollout or test moves the share already; `refuse` unless given. A superseded rollout gives back the allocation from before. */
  readonly onConflict?: 'refuse' | 'supersede';
}

/** What the flag is when the rollout starts, and what is kept in the same commit; of `also` no record may be the flag or its rollout. */
export interface Prepared {
  readonly facts: FlagFacts;
  readonly also: Change;
}
export type Prepare = (view: View, facts: FlagFacts, now: number) => Prepared | Refusal;

const NOTHING: Change = { records: [], events: [] };

/** @throws what `startRollout` of `RolloutManager` throws */
export async function startRolloutOn(
  runtime: Runtime,
  name: string,
  options: StartRolloutOptions,
  prepare: Prepare = (_view, facts) => ({ facts, also: NOTHING }),
): Promise<void> {
  checkIsObject(callOn('startRollout', name), options);
  const { validate, onConflict = 'refuse', reason, actor, request: _request, ...settings } = options;
  await runtime.ready;
  const { controller, validators, sources } = controllerOf(runtime);
  const validatorName = settings.validatorName ?? (validate === undefined ? undefined : name);
  checkStart(name, onConflict, validate);
  const by = attributionOf({ ...(reason === undefined ? {} : { reason }), ...(actor === undefined ? {} : { actor }) });
  const named = validatorName === undefined ? settings : { ...settings, validatorName };
  const plan = (flag: Flag): RolloutPlan => parseRolloutSettings(flag, named, runtime.view.components.get(name));
  const isKnown = validate !== undefined || validatorName === undefined || validators.get(validatorName) !== undefined;
  const judged = (planned: RolloutPlan): string | null =>
    isKnown ? controller.sourceProblem(name, planned) : unregistered(validatorName);
  const decide =
    (problem: StartRequest['problem']): Decide =>
    (view, now) => {
      const prepared = prepare(view, view.facts(name), now);
      if (isRefusal(prepared)) return prepared;
      const present = (flag: Flag) => presentFigures(sources, flag, runtime.clock);
      const around = { underWay: view.underWay(), schedule: view.schedules.get(name), segments: view.segments, present };
      const start = planStart(prepared.facts, { plan, by, onConflict, problem, ...around }, now);
      if (isRefusal(start)) return start;
      return { records: [...prepared.also.records, ...start.records], events: [...prepared.also.events, ...start.events] };
    };
  const unloadable = onConflict === 'supersede' ? await versionProblem(runtime, decide) : null;
  await runtime.commit(
    decide((planned) => judged(planned) ?? unloadable),
    requestOf(options),
  );
  // Only now: a start that was refused must not take the validator of the rollout that runs.
  if (validate !== undefined && validatorName !== undefined) validators.register(validatorName, validate);
  await controller.look(name);
}

/** Of the flag's latest rollout, with its clocks as they are now. @throws SluiceError `notFound` */
export function rolloutStatusOf(runtime: Runtime, name: string): RolloutStatus {
  const rollout = runtime.view.rollouts.get(name);
  if (rollout === undefined) throw new SluiceError('notFound', noRollout(name).refused);
  return rolloutStatus(
    isEnded(rollout.phase) ? rollout : controllerOf(runtime).controller.latest(rollout),
    runtime.view.flag(name),
    { now: runtime.clock.now(), freezeWindows: runtime.freezeWindows },
  );
}

export function noRollout(name: string): Refusal {
  return { refused: `flag "${name}" has no rollout; start one with startRollout`, code: 'notFound' };
}

/** A version that cannot be used here must be found out before what runs is ended for it: loading takes time, so it is asked before the commit. */
async function versionProblem(runtime: Runtime, decide: (problem: StartRequest['problem']) => Decide): Promise<string | null> {
  const asked: { readonly plan: RolloutPlan; readonly flag: Flag }[] = [];
  decide((plan, flag) => {
    asked.push({ plan, flag });
    return null;
  })(runtime.view, runtime.clock.now());
  const [first] = asked;
  if (first === undefined || !first.flag.isComponent) return null;
  const { plan, flag } = first;
  return poolOf(runtime).rolloutProblem(flag.key, plan.toVariant ?? flag.onVariant, flag.offVariant);
}

function unregistered(name: string | undefined): string {
  return `validator "${name}" is not registered; pass validate, or registerValidator("${name}", …) first`;
}

/** @throws SluiceError `invalid` */
function checkStart(name: string, onConflict: unknown, validate: unknown): void {
  const [path, message] =
    onConflict !== 'refuse' && onConflict !== 'supersede'
      ? ['/onConflict', `must be "refuse" or "supersede"; it is ${describeValue(onConflict)}`]
      : ['/validate', `must be a function of the percentage; it is ${describeValue(validate)}`];
  const isGood = path === '/validate' && (validate === undefined || typeof validate === 'function');
  if (!isGood) throw new SluiceError('invalid', `rollout of "${name}": ${path} ${message}`, { issues: [{ path, message }] });
}
