/** Changes of a test after it was created: freely while it is a draft, hardly while it runs, and anew with a new number. */
import type { Change } from '../change.ts';
import { isRefusal, type Refusal, refuse } from '../error.ts';
import { type Attribution, eventOf } from '../event.ts';
import type { Flag } from '../flag/flag.ts';
import { rebalance } from '../flag/rebalance.ts';
import type { ParsedChanges } from './changes.ts';
import { armValues, divisionOf, splitOfArms } from './division.ts';
import type { Experiment } from './experiment.ts';
import { figuresOf, runningFrom, type StartFacts } from './lifecycle.ts';

/** Null when nothing changes. */
export function planTestUpdate(
  experiment: Experiment,
  flag: Flag | undefined,
  changes: ParsedChanges,
  by: Attribution,
  now: number,
): Change | Refusal | null {
  const { settings, fixed, free } = changes;
  if (fixed.length + free.length === 0) return null;
  const problem = updateProblem(experiment, changes);
  if (problem !== null) return problem;
  const dueAt = experiment.phase === 'running' ? (experiment.startedAt ?? now) + settings.durationMs : experiment.dueAt;
  const updated: Experiment = { ...experiment, ...settings, dueAt, revision: experiment.revision + 1 };
  const event = eventOf('experiment.updated', updated, by, now, { changed: [...fixed, ...free] });
  if (fixed.length === 0) return { records: [updated], events: [event] };
  const moved = draftFlag(flag, updated, now);
  if (isRefusal(moved)) return moved;
  return { records: [updated, moved], events: [event, eventOf('flag.updated', moved, by, now)], seesAll: true };
}

function updateProblem({ key, phase, method }: Experiment, { fixed, free }: ParsedChanges): Refusal | null {
  const name = `test "${key}"`;
  if (phase === 'stopped') {
    const rest = [...fixed, ...free].filter((field) => field !== 'description' && field !== 'tags');
    return rest.length === 0
      ? null
      : refuse(`${name}: cannot change ${rest.join(', ')}, it is stopped; only description and tags may`);
  }
  if (phase !== 'draft' && free.includes('startAt')) return refuse(`${name}: cannot change startAt, it is ${phase}`);
  if (phase === 'running' && method === 'fixedHorizon' && free.includes('durationMs'))
    return refuse(`${name}: cannot change durationDays while it runs, because its one look at the planned end was declared`);
  if (phase !== 'running' || fixed.length === 0) return null;
  return refuse(
    `${name}: cannot change ${fixed.join(', ')} while it runs, because units from before and after would be compared as one test; ` +
      `rebaseTest("${key}", …) begins anew with them, or stopTest("${key}") and create another test`,
  );
}

/** The flag of a test that has not started: its variants and its conditions are the test's. */
function draftFlag(flag: Flag | undefined, experiment: Experiment, now: number): Flag | Refusal {
  const name = `test "${experiment.key}"`;
  if (flag === undefined || flag.archivedAt !== null) return refuse(`${name}: its flag "${experiment.key}" is gone`);
  if (flag.shareOwner !== null)
    return refuse(`${name}: its flag's share is moved by the ${flag.shareOwner.kind} "${flag.shareOwner.key}"`, 'conflict');
  return {
    ...flag,
    variants: armValues(experiment.arms),
    offVariant: experiment.arms[0].variant,
    onVariant: experiment.arms[1].variant,
    conditions: experiment.eligibility,
    revision: flag.revision + 1,
    updatedAt: now,
  };
}

/**
 * A running test begins anew under the next number: nothing that was measured before counts, and what the changes say is what is compared from
 * now on. Units that were in and are in again keep their bucket, so as many as can keep their arm.
 */
export function planRebase(
  experiment: Experiment,
  flag: Flag | undefined,
  { settings, fixed, free }: ParsedChanges,
  by: Attribution,
  now: number,
  startFacts?: StartFacts,
): Change | Refusal {
  const name = `test "${experiment.key}"`;
  if (experiment.phase !== 'running')
    return refuse(`${name}: only a running test can begin anew, it is ${experiment.phase}; ${advice(experiment)}`);
  if (free.includes('startAt')) return refuse(`${name}: it begins anew at once; leave startAt out`);
  const split = rebalance(divisionOf(experiment).split, splitOfArms(settings.arms));
  const anew: Experiment = { ...experiment, ...settings, split, number: experiment.number + 1 };
  const detail = {
    number: anew.number,
    changed: [...fixed, ...free],
    measuredMs: now - (experiment.startedAt ?? now),
    ...figuresOf(anew),
  };
  const owner = flag?.shareOwner;
  if (flag === undefined || owner?.kind !== 'experiment' || owner.key !== experiment.key)
    return refuse(`${name}: its flag is not moved by it any more`);
  const change = runningFrom(anew, flag, { type: 'experiment.rebased', detail }, by, now, startFacts);
  return isRefusal(change) ? change : { ...change, seesAll: true };
}

function advice({ phase, key }: Experiment): string {
  return phase === 'stopped' ? 'create another test' : `updateTest("${key}", …) changes it`;
}
