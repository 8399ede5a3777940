/** Rollouts are started, asked for things, and given evidence. */
import { isEnded } from '@sluice/core';
import fc from 'fast-check';
import type { StartRolloutOptions } from 'sluice';
import { act, flag, percentage, tolerate, version } from './act.testing.ts';
import { BEHAVIOURS, READINGS, VALIDATOR_DEADLINE_MS } from './evidence.testing.ts';
import { BY, COMPONENT, FLAGS, SECOND, type World } from './world.testing.ts';

const start = fc.record({
  flag,
  strategy: fc.constantFrom('canary', 'percentage', 'ring', 'blueGreen'),
  target: fc.constantFrom(100, 100, 40),
  judge: fc.constantFrom('validator', 'validator', 'criteria', 'nobody'),
  bakeMs: fc.constantFrom(2 * SECOND, 7 * SECOND),
  minExposures: fc.constantFrom(0, 0, 5),
  autoAdvance: fc.constantFrom(true, true, true, false),
  waits: fc.constantFrom('no', 'no', 'no', 'instant', 'approval', 'freeze', 'frozenLater'),
  more: fc.constantFrom(
    {},
    {},
    { validateEveryMs: 3 * SECOND },
    { stageDeadlineMs: 10 * SECOND },
    { approvalExpiryMs: 60 * SECOND },
  ),
  onConflict: fc.constantFrom('refuse', 'supersede'),
  version,
} as const);
type Start = typeof start extends fc.Arbitrary<infer Drawn> ? Drawn : never;

function optionsOf(world: World, it: Start): StartRolloutOptions {
  const now = world.clock.now();
  const waits = {
    no: {},
    instant: { startAt: now + 20 * SECOND },
    approval: { startApproval: true },
    freeze: { freezeWindows: [{ from: now - SECOND, to: now + 15 * SECOND }] },
    frozenLater: { freezeWindows: [{ from: now + 10 * SECOND, to: now + 40 * SECOND }] },
  }[it.waits];
  const judges = {
    validator: { validatorName: it.flag, validatorDeadlineMs: VALIDATOR_DEADLINE_MS },
    criteria: {
      criteria: [
        { metric: 'errorRate', source: 'probe', max: 0.5, minSamples: 1, staleAfterMs: 5 * SECOND, windowMs: 5 * SECOND },
      ],
    },
    nobody: { unvalidated: true },
  }[it.judge];
  return {
    strategy: it.strategy,
    targetPercentage: it.target,
    ...(it.strategy === 'percentage' ? { stages: [3, 20, 40, 100].filter((stage) => stage <= it.target) } : {}),
    bakeMs: it.bakeMs,
    minExposures: it.minExposures,
    autoAdvance: it.autoAdvance,
    onConflict: it.onConflict,
    ...(it.flag === COMPONENT ? { toVersion: it.version } : {}),
    ...waits,
    ...it.more,
    ...judges,
    ...BY,
  };
}

/** A rollout that is under way, where there is one. */
const pick = fc.nat(11);
const picked = (world: World, index: number): string => {
  const active = world.laws.all('rollout').filter(({ phase }) => !isEnded(phase));
  return active[index % Math.max(1, active.length)]?.key ?? FLAGS[index % FLAGS.length] ?? '';
};

export const begin = act('start', fc.record({ start, opens: fc.boolean() }), async (world, it) => {
  // Of what is open to all, nothing is left to roll out.
  if (it.opens && it.start.flag !== COMPONENT)
    await world.sluice.flags.setFlag(it.start.flag, { enabled: true, rolloutPercentage: 0 }, BY).catch(tolerate);
  return world.sluice.rollouts.startRollout(it.start.flag, optionsOf(world, it.start));
});
export const commands = [
  ...(['pauseRollout', 'resumeRollout', 'resumeRollout', 'approveStage', 'approveStage', 'approveStart'] as const).map((call) =>
    act(call, pick, (world, index) => world.sluice.rollouts[call](picked(world, index), BY)),
  ),
  ...(['rejectRollout', 'abortRollout'] as const).map((call) =>
    act(call, pick, (world, index) => world.sluice.rollouts[call](picked(world, index), BY)),
  ),
  act('promote', fc.record({ pick, full: fc.boolean(), force: fc.boolean() }), (world, it) =>
    world.sluice.rollouts.promoteRollout(picked(world, it.pick), { full: it.full, force: it.force, ...BY }),
  ),
  act('help', pick, (world, index) => world.help(picked(world, index))),
  act('help', pick, (world, index) => world.help(picked(world, index))),
  act('help', pick, (world, index) => world.help(picked(world, index))),
  act('drift', fc.record({ pick, percentage }), (world, it) =>
    world.sluice.flags.setRolloutPercentage(picked(world, it.pick), it.percentage, { ...BY, force: true }),
  ),
];
export const evidence = [
  act('behave', fc.record({ pick, behaviour: fc.constantFrom('true', 'true', 'false', ...BEHAVIOURS) } as const), (world, it) => {
    world.evidence.behaviours.set(picked(world, it.pick), it.behaviour);
  }),
  act('read', fc.constantFrom('good', 'good', 'bad', ...READINGS), (world, reading) => {
    world.evidence.reading = reading;
  }),
];
