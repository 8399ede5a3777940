/** Random histories of rollouts, for laws that hold after every step. */
import fc from 'fast-check';
import type { Measurement } from '../analysis/criterion.ts';
import type { RolloutCommand, RolloutInput } from './input.ts';
import { currentStage } from './rollout.ts';
import type { RolloutFacts } from './step.ts';
import { BY, happen, startedWorld, type World } from './world.testing.ts';

const RUNS = { numRuns: 300 };
/** What judges every rollout of these histories, besides its validator. */
export const CRITERIA = [
  { metric: 'errorRate', max: 0.05 },
  { metric: 'p95', max: 200, staleAfterMs: 5_000 },
];

const gap = fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 0, max: 3_000 }) }, fc.integer({ min: 0, max: 7 * 86_400_000 }));
const outcome = fc.constantFrom('advance', 'harm', 'error');
const command: fc.Arbitrary<RolloutCommand> = fc.oneof(
  fc.constantFrom('pause', 'resume', 'approve', 'abort', 'kill', 'supersede').map((type) => ({ type, by: BY }) as const),
  fc.boolean().map((full) => ({ type: 'promote', full, by: BY }) as const),
);
interface Happening {
  readonly afterMs: number;
  readonly command: RolloutCommand | null;
  readonly measure: Measurement['kind'] | 'bad' | 'few';
  readonly outcome: 'advance' | 'harm' | 'error' | null;
  readonly exposures: number;
  readonly isRegistered: boolean;
}

/** Mostly looks at which all is well, so that histories come far. */
const happening: fc.Arbitrary<Happening> = fc.record({
  afterMs: gap,
  command: fc.option(command, { freq: 8, nil: null }),
  measure: fc.oneof({ weight: 12, arbitrary: fc.constant('value' as const) }, fc.constantFrom('noData', 'error', 'bad', 'few')),
  outcome: fc.oneof({ weight: 12, arbitrary: fc.constant('advance' as const) }, fc.option(outcome, { nil: null })),
  exposures: fc.constantFrom(0, 50, 1_000),
  isRegistered: fc.oneof({ weight: 20, arbitrary: fc.constant(true) }, fc.constant(false)),
});
const settings = fc.record({
  strategy: fc.constantFrom('canary' as const, 'blueGreen' as const, 'ring' as const),
  autoAdvance: fc.boolean(),
  bakeMs: fc.constantFrom(0, 2_000),
  targetPercentage: fc.constantFrom(20, 100),
});

function measurementOf(kind: Happening['measure'], at: number): Measurement {
  if (kind === 'noData') return { kind, at: null };
  if (kind === 'error') return { kind, cause: 'provider', message: 'the source is down' };
  return { kind: 'value', value: kind === 'bad' ? 1_000 : 0.01, samples: kind === 'few' ? 1 : 500, at };
}

function inputOf(
  world: World,
  { afterMs, command: asked, measure, outcome: said, exposures, isRegistered }: Happening,
): RolloutInput {
  if (asked !== null) return asked;
  const now = world.now + afterMs;
  const stage = currentStage(world.rollout.phase) ?? 0;
  const wanted = world.step?.validate ?? null;
  const facts: RolloutFacts = {
    flag: world.flag,
    validator: isRegistered ? 'registered' : 'missing',
    sourceProblem: null,
    validation:
      wanted === null || said === null
        ? null
        : { rollout: world.rollout.number, stage, atEndOfBake: wanted.atEndOfBake, outcome: said, message: said, at: now },
    exposures,
    seen: 0,
    asked: 0,
    served: 0,
    controls: [],
    freezeWindows: [],
    measurements: CRITERIA.map(() => measurementOf(measure, now)),
  };
  return { type: 'tick', facts };
}

/** Calls `check` with the world before and after each happening of a random history. */
export function forHistories(check: (before: World, after: World, input: RolloutInput) => void): void {
  const history = fc.array(happening, { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(settings, history, (options, happenings) => {
      let world = startedWorld({ ...options, validatorName: 'check', criteria: CRITERIA });
      for (const one of happenings) {
        const input = inputOf(world, one);
        const after = happen(world, input, one.afterMs);
        check(world, after, input);
        world = after;
      }
    }),
    RUNS,
  );
}
