import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Measurement } from '../analysis/criterion.ts';
import { isRefusal } from '../error.ts';
import { type Flag, servedShare } from '../flag/flag.ts';
import { stageAllocation } from './allocation.ts';
import type { RolloutCommand, RolloutInput } from './input.ts';
import { currentStage, type EndPhase, HOLD_REASONS, isEnded, type Phase, type Rollout, type StagePhase } from './rollout.ts';
import { startRollback } from './start.ts';
import { freshProgress, type RolloutFacts } from './step.ts';
import { transition } from './transition.ts';
import { BY, flagOf, happen, openWorld, START, type World } from './world.testing.ts';

const RUNS = { numRuns: 300 };
const CRITERIA = [
  { metric: 'errorRate', max: 0.05 },
  { metric: 'p95', max: 200, staleAfterMs: 5_000 },
];

const gap = fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 0, max: 3_000 }) }, fc.integer({ min: 0, max: 7 * 86_400_000 }));
const outcome = fc.constantFrom('advance', 'harm', 'error');
const command: fc.Arbitrary<RolloutCommand> = fc.oneof(
  fc
    .constantFrom('pause', 'resume', 'approveStart', 'approve', 'reject', 'abort', 'kill', 'supersede')
    .map((type) => ({ type, by: BY }) as const),
  fc.boolean().map((full) => ({ type: 'promote', full, by: BY }) as const),
);
const useful = (now: number): fc.Arbitrary<Measurement> =>
  fc.record({
    kind: fc.constant('value'),
    value: fc.constantFrom(0, 0.04, 0.06, 500),
    samples: fc.constantFrom(3, 500),
    at: fc.constant(now),
  });
const useless = (now: number): fc.Arbitrary<Measurement> =>
  fc.oneof(
    fc
      .constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)
      .map((value) => ({ kind: 'value', value, samples: 500, at: now }) as const),
    fc.constantFrom(null, 0, Number.NaN).map((at) => ({ kind: 'noData', at }) as const),
    fc.constantFrom('badQuery', 'provider', 'noData').map((cause) => ({ kind: 'error', cause, message: 'no answer' }) as const),
    fc.constant({ kind: 'value', value: 0.01, samples: Number.NaN, at: now } as const),
  );

const ENDS: readonly EndPhase[] = [
  { name: 'completed' },
  { name: 'rolledBack', cause: 'harm', message: '' },
  { name: 'rolledBack', cause: 'gradual', message: '' },
  { name: 'rolledBack', cause: 'rejected', message: '' },
  { name: 'preflightFailed', message: '' },
  { name: 'aborted', message: 'aborted by ada' },
  { name: 'superseded', message: 'superseded by ada' },
];

function phases(stages: number): fc.Arbitrary<Phase> {
  const stage = fc.integer({ min: 0, max: stages - 1 });
  const running: fc.Arbitrary<StagePhase> = fc.oneof(
    stage.map((index) => ({ name: 'baking', stage: index }) as const),
    stage.map((index) => ({ name: 'awaitingApproval', stage: index, since: START }) as const),
    stage.map((index) => ({ name: 'finalizing', stage: index }) as const),
    stage.map((index) => ({ name: 'rollingBack', mode: 'gradual', stage: index }) as const),
  );
  const held = fc.record({
    name: fc.constant('held' as const),
    reason: fc.constantFrom(...HOLD_REASONS),
    message: fc.string(),
    since: fc.constant(START),
    clearsWith: fc.constantFrom('data', 'exposures', 'validator', 'window', null),
    resumesTo: running,
  });
  const first = fc.constantFrom<Phase>(
    { name: 'pending', startAt: null, approvalSince: null },
    { name: 'pending', startAt: null, approvalSince: START },
    { name: 'pending', startAt: START + 5_000, approvalSince: null },
    { name: 'preflight' },
  );
  return fc.oneof(running, held, first, fc.constantFrom<Phase>(...ENDS));
}

describe('transition', () => {
  const opened = openWorld({ criteria: CRITERIA, validatorName: 'check' });
  const anyRollout: fc.Arbitrary<Rollout> = fc
    .record({
      phase: phases(opened.rollout.plan.stages.length),
      progress: fc.constantFrom(null, freshProgress(START), { ...freshProgress(START), bakedMs: 1e6, tickedAt: null }),
    })
    .map((parts) => ({ ...opened.rollout, ...parts }));
  const anyFlag = fc.constantFrom<Flag | null>(
    null,
    opened.flag,
    { ...opened.flag, status: 'disabled' },
    { ...opened.flag, archivedAt: 1 },
    flagOf({ share: 7 }),
  );
  const facts: fc.Arbitrary<RolloutFacts> = fc.record({
    flag: anyFlag,
    validator: fc.constantFrom('none', 'missing', 'registered'),
    sourceProblem: fc.constantFrom(null, 'no such source'),
    validation: fc.option(
      fc.record({
        stage: fc.nat(7),
        rollout: fc.constantFrom(1, 2),
        atEndOfBake: fc.boolean(),
        outcome,
        message: fc.string(),
        at: fc.constant(START),
      }),
      { nil: null },
    ),
    freezeWindows: fc.constantFrom([], [{ from: 0, to: START + 1_000, reason: '' }]),
    asked: fc.constantFrom(0, 1_000, Number.NaN),
    served: fc.constantFrom(0, 500, Number.NaN),
    controls: fc.array(
      fc.option(
        fc.record({ kind: fc.constant('value' as const), value: fc.double(), samples: fc.nat(), at: fc.constant(START) }),
        { nil: null },
      ),
    ),
    exposures: fc.constantFrom(0, 1_000, Number.NaN),
    seen: fc.constantFrom(0, 2_000, Number.NaN),
    measurements: fc.array(fc.oneof(useful(START), useless(START)), { maxLength: 3 }),
  });
  const anyInput: fc.Arbitrary<RolloutInput> = fc.oneof(
    facts.map((known) => ({ type: 'tick', facts: known }) as const),
    command,
  );

  it('answers every input in every phase, with words when it refuses, and the same each time', () => {
    fc.assert(
      fc.property(anyRollout, anyInput, gap, (rollout, input, later) => {
        const answer = transition(rollout, input, START + later);
        if (isRefusal(answer))
          expect(answer.refused).toContain(
            `rollout of "checkout": cannot ${input.type === 'approveStart' ? 'approve' : input.type}`,
          );
        else if (isEnded(answer.rollout.phase)) expect(answer.rollout).toMatchObject({ dueAt: null, endedAt: START + later });
        else expect(answer.rollout.dueAt).toBeGreaterThan(START + later - 1);
        expect(transition(rollout, input, START + later)).toEqual(answer);
      }),
      RUNS,
    );
  });

  it('has no path out of an end', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ENDS), anyInput, gap, (phase, input, later) => {
        expect(isRefusal(transition({ ...opened.rollout, phase }, input, START + later))).toBe(true);
      }),
      RUNS,
    );
  });

  it('never advances or completes on missing, broken or infinite data', () => {
    const blind = fc
      .tuple(fc.nat(1), useless(START))
      .map(([place, bad]) => [0, 1].map((index) => (index === place ? bad : useful1)));
    const useful1: Measurement = { kind: 'value', value: 0.01, samples: 500, at: START };
    fc.assert(
      fc.property(anyRollout, blind, outcome, (rollout, measurements, said) => {
        const stage = currentStage(rollout.phase);
        fc.pre(stage !== null && !isEnded(rollout.phase) && rollout.phase.name !== 'rollingBack');
        fc.pre(!(rollout.phase.name === 'held' && rollout.phase.resumesTo.name === 'rollingBack'));
        const flag = { ...opened.flag, ...stageAllocation(rollout, stage ?? 0) };
        const validation = {
          rollout: rollout.number,
          stage: stage ?? 0,
          atEndOfBake: true,
          outcome: said,
          message: said,
          at: START,
        };
        const known: RolloutFacts = {
          flag,
          validator: 'registered',
          sourceProblem: null,
          validation,
          exposures: 1_000,
          seen: 0,
          asked: 1_000,
          served: 500,
          controls: [],
          freezeWindows: [],
          measurements,
        };
        const answer = transition(
          { ...rollout, applied: stageAllocation(rollout, stage ?? 0) },
          { type: 'tick', facts: known },
          START,
        );
        const next = isRefusal(answer) ? rollout.phase : answer.rollout.phase;
        expect(next.name).not.toBe('completed');
        if (!isEnded(next)) expect(currentStage(next)).toBe(stage);
      }),
      RUNS,
    );
  });

  it('never raises the share in a gradual rollback, whatever a validator of the rollout before it says', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(gap, facts), { maxLength: 20 }), (looks) => {
        const flag = flagOf({ status: 'enabled', share: 100_000 });
        const { rollout, allocation } = startRollback(flag, [75, 50, 0], 1_000, { number: 1, revision: 1 }, BY, START);
        const owned: Flag = { ...flag, ...allocation, shareOwner: { kind: 'rollout', key: flag.key } };
        let world: World = { ...opened, now: START, flag: owned, rollout };
        for (const [afterMs, known] of looks) {
          const after = happen(world, { type: 'tick', facts: { ...known, flag: world.flag } }, afterMs);
          expect(servedShare(after.flag)).toBeLessThanOrEqual(servedShare(world.flag));
          world = after;
        }
      }),
      RUNS,
    );
  });
});
