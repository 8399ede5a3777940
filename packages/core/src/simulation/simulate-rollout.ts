/** What a plan would do before it does it: the rollout machine and `judge` themselves, on simulated traffic and a clock of their own. */
import { requestRatio } from '../analysis/versus-control.ts';
import { isRefusal, SluiceError } from '../error.ts';
import { newFlag } from '../flag/edit.ts';
import type { Flag } from '../flag/flag.ts';
import { comparesEvents } from '../rollout/comparisons.ts';
import { currentStage, isEnded, type Rollout, type RolloutPlan, type Stage, type Validation } from '../rollout/rollout.ts';
import { parseRolloutSettings, type RolloutSettings } from '../rollout/settings.ts';
import { startRollout } from '../rollout/start.ts';
import type { RolloutFacts, Transition } from '../rollout/step.ts';
import { transition } from '../rollout/transition.ts';
import { DEFAULT_SCOPE } from '../scope.ts';
import { checkAssumptions, type RolloutAssumptions } from './assumptions.ts';
import { type RolloutForecast, type SimulatedEnd, summaryOf } from './forecast.ts';
import type { Draw } from './poisson.ts';
import { isSimulated, SimulatedTraffic } from './simulated-traffic.ts';

export interface SimulationOptions {
  /** The same seed gives the same answer. */
  readonly seed: string;
  /** Rollouts that are simulated, each once with a harmless change and once as assumed. 1 to 1 000 000. */
  readonly replicates: number;
  /** A reproducible sequence of numbers from 0 to below 1, as a pure function of its seed. */
  readonly generator: (seed: string) => Draw;
}

const BY = { actor: 'simulation', reason: 'simulated' } as const;
const LEAST_LIMIT_MS = 3_600_000;
/** A rollout that takes so many times as long as its bakes is not waited for. */
const LONGEST_BAKES = 5;

/**
 * People approve at once, validators agree, and metrics other than the error rate are well. When it starts, freeze windows and instants of stages are
 * left out. @throws SluiceError `invalid` naming every bad option
 */
export function simulateRollout(
  settings: RolloutSettings,
  assumptions: RolloutAssumptions,
  options: SimulationOptions,
): RolloutForecast {
  const steps = simulateByReplicate(settings, assumptions, options);
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  return step.value;
}

/**
 * As `simulateRollout`, for whoever has to say how far it is, or to stop: yields how many replicates are simulated after each, and returns the same forecast.
 * @throws SluiceError `invalid` naming every bad option, at the first step
 */
export function* simulateByReplicate(
  settings: RolloutSettings,
  assumptions: RolloutAssumptions,
  { seed, replicates, generator }: SimulationOptions,
): Generator<number, RolloutForecast, void> {
  checkAssumptions(assumptions, replicates);
  const flag: Flag = { ...newFlag('simulated', DEFAULT_SCOPE, 0), status: 'percentage' };
  const plan = simulatedPlan(flag, settings);
  const isHarmless = assumptions.changeErrorRate === assumptions.errorRate;
  const harmlessEnds: SimulatedEnd[] = [];
  const assumedEnds: SimulatedEnd[] = [];
  for (let replicate = 0; replicate < replicates; replicate++) {
    const run = (assumed: RolloutAssumptions): SimulatedEnd =>
      runOnce(flag, plan, new SimulatedTraffic(assumed, generator(`${seed}/${replicate}`)));
    harmlessEnds.push(run({ ...assumptions, changeErrorRate: assumptions.errorRate }));
    if (!isHarmless) assumedEnds.push(run(assumptions));
    yield replicate + 1;
  }
  const harmless = summaryOf(harmlessEnds);
  const criteria = plan.stages.flatMap((stage) => stage.criteria);
  return {
    falseRollback: harmless.rolledBack,
    harmless,
    assumed: isHarmless ? harmless : summaryOf(assumedEnds),
    takenAsGood: [...new Set(criteria.filter((criterion) => !isSimulated(criterion)).map(({ name }) => name))],
  };
}

function simulatedPlan(flag: Flag, settings: RolloutSettings): RolloutPlan {
  const free = {
    toVariant: undefined,
    toVersion: undefined,
    startAt: undefined,
    startApproval: undefined,
    freezeWindows: undefined,
  };
  const plan = parseRolloutSettings(flag, { ...settings, ...free });
  const [first, ...rest] = plan.stages;
  return {
    ...plan,
    startAt: null,
    stages: [asSimulated(first), ...rest.map(asSimulated)],
  };
}

/** Each unit asks once, so that requests are units; what tolerates more of them does so here. */
function asSimulated(stage: Stage): Stage {
  const criteria = stage.criteria.map((criterion) => {
    const isCounted = criterion.source !== 'collector' && comparesEvents(criterion);
    return { ...criterion, source: 'collector', ...(isCounted ? { versusControl: requestRatio(criterion) } : {}) };
  });
  return { ...stage, criteria, notBefore: null };
}

function runOnce(first: Flag, plan: RolloutPlan, traffic: SimulatedTraffic): SimulatedEnd {
  const started = startRollout(first, plan, undefined, BY, 0);
  if (isRefusal(started)) throw new SluiceError('refused', started.refused);
  const limitMs = Math.max(LEAST_LIMIT_MS, LONGEST_BAKES * plan.stages.reduce((sum, { bakeMs }) => sum + bakeMs, 0));
  let [rollout, flag]: [Rollout, Flag] = [started, { ...first, shareOwner: { kind: 'rollout', key: first.key } }];
  let validation: Validation | null = null;
  let now = 0;
  for (; now <= limitMs && !isOver(rollout); now += plan.tickMs) {
    const before = currentStage(rollout.phase);
    const stage = before === null ? undefined : plan.stages[before];
    if (stage !== undefined) traffic.pass(rollout, stage, plan.tickMs, now);
    const step = look(rollout, { ...traffic.facts(rollout, stage), flag, validation }, now);
    validation = step.validate === null ? validation : agreed(step.rollout, step.validate.atEndOfBake, now);
    flag = step.allocation === null ? flag : { ...flag, ...step.allocation };
    rollout = step.rollout;
    const after = currentStage(rollout.phase);
    const opened = after === null ? undefined : plan.stages[after];
    if (opened !== undefined && after !== before) traffic.open(rollout, opened);
  }
  return { phase: rollout.phase.name, endedMs: now - plan.tickMs, exposed: traffic.exposed, harmed: traffic.harmed };
}

/** One look, and the approval that it may ask for. */
function look(rollout: Rollout, facts: RolloutFacts, now: number): Transition {
  const step = decided(transition(rollout, { type: 'tick', facts }, now));
  return step.rollout.phase.name === 'awaitingApproval'
    ? decided(transition(step.rollout, { type: 'approve', by: BY }, now))
    : step;
}

function decided(step: ReturnType<typeof transition>): Transition {
  if (isRefusal(step)) throw new SluiceError('refused', step.refused);
  return step;
}

/** Nobody is there to resume what needs a person. */
function isOver({ phase }: Rollout): boolean {
  return isEnded(phase) || (phase.name === 'held' && phase.clearsWith === null);
}

function agreed(rollout: Rollout, atEndOfBake: boolean, at: number): Validation {
  const stage = currentStage(rollout.phase) ?? 0;
  return { rollout: rollout.number, stage, atEndOfBake, outcome: 'advance', message: 'taken as good', at };
}
