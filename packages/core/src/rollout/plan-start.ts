/** The start of a rollout as one whole change, also where it takes the share over from another rollout or a test. */
import type { Change } from '../change.ts';
import { isRefusal, type Refusal, refuse } from '../error.ts';
import { type Attribution, eventOf, type SluiceEvent } from '../event.ts';
import { withoutTest } from '../experiment/division.ts';
import type { Experiment } from '../experiment/experiment.ts';
import { type Flag, isLive } from '../flag/flag.ts';
import type { FlagFacts } from '../flag/flag-facts.ts';
import type { SegmentLookup } from '../flag/match.ts';
import { endOwner } from '../flag/plan-edit.ts';
import type { SluiceRecord } from '../record.ts';
import type { Schedule } from '../schedule/schedule.ts';
import { adviseRollout } from './advise.ts';
import type { PresentFigures } from './bound-advice.ts';
import { rehearse } from './rehearse.ts';
import type { Rollout, RolloutPlan } from './rollout.ts';
import { archivedRefusal, startRollout } from './start.ts';

export interface StartRequest {
  /** The plan for the flag as it is then. @throws SluiceError `invalid` */
  readonly plan: (flag: Flag) => RolloutPlan;
  readonly by: Attribution;
  /** What to do when somebody else moves the share. */
  readonly onConflict: 'refuse' | 'supersede';
  /** Why this process cannot carry such a plan out for the flag as it is then, in words; null when it can. Asked only before something is taken over. */
  readonly problem: (plan: RolloutPlan, flag: Flag) => string | null;
  /** Rollouts and tests that have not ended: what the start is warned of. */
  readonly underWay: readonly (Rollout | Experiment)[];
  /** Edits of the flag that wait for their instants: it is warned of those too. */
  readonly schedule?: Schedule | undefined;
  /** The segments of the scope, for the rehearsal before something is taken over. */
  readonly segments?: SegmentLookup;
  /** What is measured of what the flag serves now; absent where nothing is. */
  readonly present?: (flag: Flag) => PresentFigures;
}

/** Superseding is one commit: what cannot start ends nothing, and nobody gets in between. */
export function planStart(facts: FlagFacts, request: StartRequest, now: number): Change | Refusal {
  const { flag: kept, key } = facts;
  const { by, onConflict, problem } = request;
  if (kept === undefined) return refuse(`flag "${key}" does not exist; create it with setFlag before rolling it out`, 'notFound');
  const archived = archivedRefusal(kept);
  if (archived !== null) return archived;
  const isTakeover = onConflict === 'supersede' && kept.shareOwner !== null && isLive(kept);
  const flag = isTakeover ? freed(kept, facts.rollout) : kept;
  // That the share has an owner is said before that it leaves nothing to roll out.
  const plan = request.plan(flag.shareOwner === null ? flag : { ...flag, status: 'percentage', share: 0 });
  const started = startRollout(flag, plan, facts.rollout, by, now);
  if (isRefusal(started)) return started;
  // What is taken over runs no longer.
  const others = request.underWay.filter((change) => change.key !== key);
  const around = { flag, underWay: others, flags: facts.flags ?? new Map(), schedule: request.schedule };
  const advice = request.present === undefined ? around : { ...around, present: request.present(flag) };
  const rollout = { ...started, warnings: adviseRollout(plan, advice) };
  const obstacle = isTakeover ? (problem(plan, flag) ?? rehearse(rollout, flag, request.segments)) : null;
  if (obstacle !== null) return refuse(`rollout of "${key}": ${obstacle}; what runs goes on`);
  const ended = isTakeover ? takenOver(facts, by, now) : { records: [], events: [] };
  const owned: Flag = { ...flag, shareOwner: { kind: 'rollout', key }, revision: flag.revision + 1, updatedAt: now };
  const detail = {
    strategy: plan.strategy,
    targetPercentage: plan.targetPercentage,
    stages: plan.stages.map((stage) => stage.percentage),
  };
  return {
    records: [rollout, owned, ...ended.records],
    events: [...ended.events, eventOf('rollout.started', rollout, by, now, detail), eventOf('flag.updated', owned, by, now)],
  };
}

/** The flag as its owner leaves it: a rollout gives back what was before, a gradual rollback and one without traffic leave it, a test has no treatment left. */
function freed(flag: Flag, rollout: Rollout | undefined): Flag {
  if (flag.shareOwner?.kind === 'experiment') return { ...flag, ...withoutTest(flag) };
  const keeps = rollout === undefined || rollout.applied === null || rollout.plan.strategy === 'rollback';
  return { ...flag, ...(keeps ? {} : rollout.before), shareOwner: null, stageGroups: [] };
}

/** The record of a superseded rollout lives on in its event: the flag's next rollout takes its place. */
function takenOver(facts: FlagFacts, by: Attribution, now: number): { records: SluiceRecord[]; events: SluiceEvent[] } {
  const reason = `a rollout of "${facts.key}" takes over${by.reason === '' ? '' : `: ${by.reason}`}`;
  const ended = endOwner(facts, { ...by, reason }, now, 'supersede');
  return { ...ended, records: ended.records.filter((record) => record.kind !== 'rollout') };
}
