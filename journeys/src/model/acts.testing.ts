/** What can happen in a history besides rollouts, and how often each does. */
import { readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { type Act, act, flag, percentage, tolerate, version } from './act.testing.ts';
import { panel } from './answer-laws.testing.ts';
import { demand } from './commit-laws.testing.ts';
import { VALIDATOR_DEADLINE_MS } from './evidence.testing.ts';
import { begin, commands, evidence } from './rollout-acts.testing.ts';
import { BY, COMPONENT, FLAGS, SECOND, type World } from './world.testing.ts';

const plainFlag = fc.constantFrom(...FLAGS);
const user = fc.constantFrom('u0', 'u1', 'u2', 'u5', 'u10');
const group = fc.constantFrom('internal', 'beta', 'team');

/** A hand edits the flag file, and the process is told to look. */
async function editFile({ ground, sluice }: World, edit: (flags: Record<string, unknown>[]) => void): Promise<void> {
  const { file, line } = ground;
  if (file === null || line.isCut) return;
  const parsed = JSON.parse(readFileSync(file, 'utf8')) as { flags: Record<string, unknown>[] };
  edit(parsed.flags);
  writeFileSync(file, JSON.stringify(parsed));
  await sluice.flags.reload();
}

const edits = [
  act(
    'set',
    fc.record({ flag: plainFlag, enabled: fc.option(fc.boolean()), percentage: fc.option(percentage), force: fc.boolean() }),
    (world, it) =>
      world.sluice.flags.setFlag(
        it.flag,
        {
          ...(it.enabled === null ? {} : { enabled: it.enabled }),
          ...(it.percentage === null ? { tags: ['x'] } : { rolloutPercentage: it.percentage }),
        },
        { ...BY, force: it.force },
      ),
  ),
  act(
    'target',
    fc.record({ flag, status: fc.constantFrom('whitelist', 'percentage', 'enabled'), force: fc.boolean() } as const),
    (world, it) => world.sluice.flags.setFlag(it.flag, { status: it.status }, { ...BY, force: it.force }),
  ),
  act('percentage', fc.record({ flag, percentage, force: fc.boolean() }), (world, it) =>
    world.sluice.flags.setRolloutPercentage(it.flag, it.percentage, { ...BY, force: it.force }),
  ),
  act('enable', fc.record({ flag, force: fc.boolean() }), (world, it) =>
    world.sluice.flags.enableFlag(it.flag, { ...BY, force: it.force }),
  ),
  act('restore', flag, (world, key) => world.sluice.flags.restoreFlag(key, BY)),
  act('addUser', fc.record({ flag, user }), (world, it) => world.sluice.flags.addUserToFlag(it.flag, it.user, BY)),
  act('removeUser', fc.record({ flag, user }), (world, it) => world.sluice.flags.removeUserFromFlag(it.flag, it.user, BY)),
  act('addGroup', fc.record({ flag, group }), (world, it) => world.sluice.flags.addGroupToFlag(it.flag, it.group, BY)),
  act('removeGroup', fc.record({ flag, group }), (world, it) => world.sluice.flags.removeGroupFromFlag(it.flag, it.group, BY)),
  act('editFile', fc.record({ flag, percentage, kill: fc.boolean() }), (world, it) =>
    editFile(world, (flags) => {
      const entry = flags.find(({ name }) => name === it.flag);
      if (entry !== undefined)
        Object.assign(entry, it.kill ? { status: 'disabled' } : { status: 'percentage', rollout_percentage: it.percentage });
    }),
  ),
];

const schedules = [
  act(
    'schedule',
    fc.record({
      flag,
      settings: fc.constantFrom({ rolloutPercentage: 30 }, { enabled: true }, { enabled: false }, { tags: ['later'] }),
      inMs: fc.constantFrom(SECOND, 5 * SECOND, 20 * SECOND),
    }),
    (world, it) => world.sluice.flags.scheduleEdit(it.flag, it.settings, { ...BY, at: world.clock.now() + it.inMs }),
  ),
  act('unschedule', fc.nat(5), async (world, index) => {
    const edits = world.sluice.flags.listScheduledEdits();
    const edit = edits[index % Math.max(1, edits.length)];
    if (edit !== undefined) await world.sluice.flags.cancelScheduledEdit(edit.id, BY);
  }),
];

/** Never refused, as long as the flag is there. */
async function certain(world: World, key: string, work: Promise<unknown>): Promise<void> {
  const isThere = world.laws.get('flag', key)?.archivedAt === null;
  await work.catch((error: unknown) => {
    demand(!isThere, `${key}: going back was refused: ${String(error)}`);
    throw error;
  });
}

const waysBack = [
  act('kill', flag, (world, key) => {
    const killed = world.sluice.flags.disableFlag(key, BY);
    // In effect when it is called, before anything is kept.
    const { offVariant } = world.sluice.flags.getFlag(key) ?? {};
    const isServed = panel.some((unit) => world.sluice.flags.explain(key, unit)?.variant !== offVariant);
    demand(!isServed, `${key} was killed and is served`);
    return certain(
      world,
      key,
      killed.then(({ durable }) => durable || world.laws.owed.add(key)),
    );
  }),
  act('rollbackImmediate', flag, (world, key) =>
    certain(
      world,
      key,
      world.sluice.rollbacks.rollbackImmediate(key, BY).then(({ durable }) => durable || world.laws.owed.add(key)),
    ),
  ),
  act('rollbackTargeted', fc.record({ flag, user }), (world, it) =>
    certain(world, it.flag, world.sluice.rollbacks.rollbackTargeted(it.flag, { ...BY, userIds: [it.user] })),
  ),
  act(
    'rollbackGradual',
    fc.record({ flag, stages: fc.constantFrom([75, 50, 0], [30], [90, 10]), isWhole: fc.boolean() }),
    async (world, it) => {
      if (it.isWhole) await world.sluice.flags.setRolloutPercentage(it.flag, 100, { ...BY, force: true });
      return world.sluice.rollbacks.rollbackGradual(it.flag, { ...BY, stages: it.stages, intervalMs: 4 * SECOND });
    },
  ),
  act('rollbackToVersion', version, async (world, rollbackToVersion) => {
    const { flags, hotSwap, rollbacks } = world.sluice;
    const isThere = world.laws.get('flag', COMPONENT)?.archivedAt === null;
    const isLive =
      isThere && hotSwap.versions(COMPONENT).some((known) => known.version === rollbackToVersion && known.retiredAt === null);
    const isOwed = world.laws.owed.delete(COMPONENT);
    const rolled = rollbacks.rollbackImmediate(COMPONENT, { ...BY, rollbackToVersion });
    // In effect when it is called, before anything is kept, for all but who is excluded or named: there is one version.
    const others = panel.filter((unit) => flags.explain(COMPONENT, unit)?.variant !== rollbackToVersion);
    demand(!isLive || others.length === 0, `${COMPONENT} was rolled back to ${rollbackToVersion} and serves another version`);
    const isUndone = await rolled.then(
      () => true,
      (error: unknown) => error,
    );
    if (isUndone === true) return;
    if (isOwed) world.laws.owed.add(COMPONENT);
    demand(!isLive, `${COMPONENT}: going back to ${rollbackToVersion} was refused: ${String(isUndone)}`);
    throw isUndone;
  }),
];

const testId = (world: World, index: number): string => `t${index % Math.max(1, world.tests)}`;
const tests = [
  act('createTest', fc.constantFrom(0.2, 0.5), async (world, trafficSplit) => {
    const id = `t${world.tests}`;
    await world.sluice.abTests.createTest(
      { testId: id, controlComponent: 'x', treatmentComponent: 'y', trafficSplit, durationDays: 0.001 },
      BY,
    );
    world.tests += 1;
    world.register();
    await world.sluice.abTests.startTest(id, BY);
  }),
  act('stopTest', fc.nat(3), (world, index) => world.sluice.abTests.stopTest(testId(world, index), BY)),
  act('killTest', fc.nat(3), (world, index) => world.sluice.flags.disableFlag(testId(world, index), BY)),
  act('restoreTest', fc.nat(3), (world, index) => world.sluice.flags.restoreFlag(testId(world, index), BY)),
  act('shipWinner', fc.nat(3), (world, index) => {
    const id = testId(world, index);
    return world.sluice.abTests.shipWinner(id, {
      variant: 'treatment',
      strategy: 'canary',
      bakeMs: 3 * SECOND,
      validatorName: id,
      validatorDeadlineMs: VALIDATOR_DEADLINE_MS,
      ...BY,
    });
  }),
];

const versions = [
  act('register', version, (world, one) => world.sluice.hotSwap.registerVersion(COMPONENT, one, undefined, BY)),
  act('swap', version, (world, one) => world.sluice.hotSwap.swapTo(COMPONENT, one, BY)),
];

const nap = fc.constantFrom(0, 0, 3 * SECOND, 7_200 * SECOND);
const time = [
  act('advance', fc.constantFrom(SECOND, 5 * SECOND, 10 * SECOND, 30 * SECOND), (world, ms) => world.advance(ms)),
  act('advance', fc.constantFrom(SECOND, 10 * SECOND, 60 * SECOND), (world, ms) => world.advance(ms)),
  act('advance', fc.constantFrom(2 * SECOND, 20 * SECOND), (world, ms) => world.advance(ms)),
  act('jump', fc.constantFrom(7_200 * SECOND, 90 * SECOND, -30 * SECOND, -SECOND), (world, ms) => world.jump(ms)),
  act('ask', fc.constantFrom(3, 50, 200), (world, count) => world.ask(panel.slice(0, count))),
  act('restart', fc.record({ registers: fc.boolean(), nap }), (world, it) => world.restart(it.registers, it.nap)),
  act('crash', fc.record({ registers: fc.boolean(), nap }), (world, it) => world.crash(it.registers, it.nap)),
  act('cut', fc.constantFrom(true, false, false), (world, isCut) => world.cut(isCut)),
  act('rival', fc.constantFrom('comes', 'acts', 'acts', 'dies'), (world, what) => world.rival(what)),
  act('registerValidators', fc.constant(null), (world) => world.register()),
];

const archive = act('archive', plainFlag, (world, key) => world.sluice.flags.archiveFlag(key, BY));
const people = fc.oneof(...edits, ...schedules, ...waysBack, ...commands, ...commands, begin, begin, ...versions);
/** Asked for at once, so that their decisions and commits meet. */
const together = fc.tuple(people, people).map(
  (both): Act => ({
    name: 'together',
    args: both,
    run: (world) => Promise.all(both.map((each) => each.run(world).catch(tolerate))),
  }),
);

export const acts: fc.Arbitrary<Act> = fc.oneof(
  { weight: 18, arbitrary: fc.oneof(...time) },
  { weight: 12, arbitrary: begin },
  { weight: 12, arbitrary: fc.oneof(...commands) },
  { weight: 8, arbitrary: fc.oneof(...evidence) },
  { weight: 8, arbitrary: fc.oneof(...edits) },
  { weight: 4, arbitrary: fc.oneof(...schedules) },
  { weight: 6, arbitrary: fc.oneof(...waysBack) },
  { weight: 8, arbitrary: together },
  { weight: 6, arbitrary: fc.oneof(...tests) },
  { weight: 3, arbitrary: fc.oneof(...versions) },
  { weight: 1, arbitrary: archive },
);
