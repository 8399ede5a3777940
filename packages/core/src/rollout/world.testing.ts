/** A flag and its rollout moved together by the real commit path, for tests that tell a story step by step. */
import type { Measurement } from '../analysis/criterion.ts';
import { isRefusal } from '../error.ts';
import type { Attribution, SluiceEvent } from '../event.ts';
import { newFlag } from '../flag/edit.ts';
import type { Flag } from '../flag/flag.ts';
import { DEFAULT_SCOPE } from '../scope.ts';
import type { RolloutCommand, RolloutInput } from './input.ts';
import { planTransition } from './plan-transition.ts';
import { currentStage, type Rollout, type Validation } from './rollout.ts';
import { parseRolloutSettings, type RolloutSettings } from './settings.ts';
import { startRollout } from './start.ts';
import type { RolloutFacts, Transition } from './step.ts';
import { transition } from './transition.ts';

export const START = 1_700_000_000_000;
export const BY: Attribution = { actor: 'ada', reason: 'because' };
const CONTROLLER: Attribution = { actor: 'sluice', reason: '' };

export interface World {
  readonly now: number;
  readonly flag: Flag;
  readonly rollout: Rollout;
  /** Of the last step. */
  readonly events: readonly SluiceEvent[];
  readonly step: Transition | null;
  /** Why the last step was refused, or null. */
  readonly refused: string | null;
}

/** A flag at 0 % unless `fields` say otherwise. */
export function flagOf(fields: Partial<Flag> = {}): Flag {
  return { ...newFlag('checkout', DEFAULT_SCOPE, START), revision: 1, status: 'percentage', ...fields };
}

/** A started rollout before its first look. Canary judged by a validator, 10 s of bake, looked at each second, unless `settings` say otherwise. */
export function startedWorld(settings: Partial<RolloutSettings> = {}, flag: Flag = flagOf()): World {
  const judged = settings.criteria === undefined && settings.unvalidated === undefined ? { validatorName: 'check' } : {};
  const plan = parseRolloutSettings(flag, { strategy: 'canary', bakeMs: 10_000, ...judged, ...settings });
  const rollout = startRollout(flag, plan, undefined, BY, START);
  if (isRefusal(rollout)) throw new Error(rollout.refused);
  const owned: Flag = { ...flag, shareOwner: { kind: 'rollout', key: flag.key } };
  return { now: START, flag: owned, rollout, events: [], step: null, refused: null };
}

/** A world whose first stage has the traffic. */
export function openWorld(settings: Partial<RolloutSettings> = {}, flag: Flag = flagOf()): World {
  return look(startedWorld(settings, flag), 0);
}

export function happen(world: World, input: RolloutInput, afterMs = 0): World {
  const now = world.now + afterMs;
  const step = transition(world.rollout, input, now);
  const by = input.type === 'tick' ? CONTROLLER : input.by;
  const change = planTransition(world.rollout, world.flag, input, by, now);
  if (isRefusal(step) || isRefusal(change))
    return { ...world, now, step: null, events: [], refused: isRefusal(step) ? step.refused : '' };
  const rollout = change.records.find((record) => record.kind === 'rollout') ?? world.rollout;
  const flag = change.records.find((record) => record.kind === 'flag') ?? world.flag;
  return { now, flag, rollout, events: change.events.filter((event) => event.kind === 'rollout'), step, refused: null };
}

/** What somebody asks for. */
export function ask(world: World, type: Exclude<RolloutCommand['type'], 'promote'>): World {
  return happen(world, { type, by: BY });
}

/** Everything well unless `facts` say otherwise: enough exposures, every criterion measured well inside its bound, no news of the validator. */
export function factsOf(world: World, facts: Partial<RolloutFacts> = {}, now = world.now): RolloutFacts {
  const stage = world.rollout.plan.stages[currentStage(world.rollout.phase) ?? 0];
  return {
    flag: world.flag,
    validator: world.rollout.plan.validatorName === null ? 'none' : 'registered',
    sourceProblem: null,
    validation: null,
    exposures: 1_000,
    seen: 100_000,
    asked: 0,
    served: 0,
    controls: [],
    freezeWindows: [],
    measurements: (stage?.criteria ?? []).map((criterion) => measured(criterion.max ?? criterion.min ?? 0, now)),
    ...facts,
  };
}

export function measured(value: number, at: number, samples = 1_000): Measurement {
  return { kind: 'value', value, samples, at };
}

/** One look after `afterMs`. */
export function look(world: World, afterMs = 1_000, facts: Partial<RolloutFacts> = {}): World {
  return happen(world, { type: 'tick', facts: factsOf(world, facts, world.now + afterMs) }, afterMs);
}

/** Looks each second for `ms`; the validator is left alone. */
export function watch(world: World, ms: number, facts: Partial<RolloutFacts> = {}): World {
  let watched = world;
  for (let passed = 0; passed < ms; passed += 1_000) watched = look(watched, 1_000, facts);
  return watched;
}

/** What the validator said of the current stage. */
export function validationOf(world: World, outcome: Validation['outcome'], atEndOfBake = true): Validation {
  const stage = currentStage(world.rollout.phase) ?? 0;
  return {
    rollout: world.rollout.number,
    stage,
    atEndOfBake,
    outcome,
    message: `validator "check" said ${outcome}`,
    at: world.now,
  };
}

/** Bakes the current stage out and, with a validator, has it agree. */
export function pass(world: World): World {
  const stage = world.rollout.plan.stages[currentStage(world.rollout.phase) ?? 0];
  const baked = watch(world, stage?.bakeMs ?? 0);
  return baked.step?.validate?.atEndOfBake === true ? look(baked, 1_000, { validation: validationOf(baked, 'advance') }) : baked;
}
