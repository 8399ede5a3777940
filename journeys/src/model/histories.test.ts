/** Thousands of random histories of everything that people, processes and clocks can do, each commit and each answer judged by the laws. */
import { isEnded } from '@sluice/core';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { type Act, tolerate } from './act.testing.ts';
import { acts } from './acts.testing.ts';
import { membersOf } from './answer-laws.testing.ts';
import { demand } from './commit-laws.testing.ts';
import { fileGround, type Ground, memoryGround, sqliteGround } from './ground.testing.ts';
import { checkTransfer } from './transfer-law.testing.ts';
import { BY, COMPONENT, FLAGS, SECOND, World } from './world.testing.ts';

const IS_SOAK = process.env.SLUICE_SOAK === '1';
const SEED = 20261125;
/** So many that some are in at one percent, and some in every group. */
const crowd = membersOf('v', 2_000);

class Happening implements fc.AsyncCommand<object, World> {
  readonly #act: Act;

  constructor(act: Act) {
    this.#act = act;
  }

  check(): boolean {
    return true;
  }

  async run(_: object, world: World): Promise<void> {
    await this.#act.run(world).catch(tolerate);
    // What the command set off happens before the next one.
    await world.settle();
    await world.check();
  }

  toString(): string {
    return `${this.#act.name}(${JSON.stringify(this.#act.args)})`;
  }
}

async function beginning(ground: Ground): Promise<World> {
  const world = new World(ground);
  for (const key of FLAGS) await world.sluice.flags.setFlag(key, { enabled: true, rolloutPercentage: 0 }, BY);
  await world.sluice.hotSwap.registerVersion(COMPONENT, '1.0.0', undefined, BY);
  await world.sluice.hotSwap.registerVersion(COMPONENT, '2.0.0', undefined, BY);
  return world;
}

/** With good evidence, time and people who answer, whatever was under way comes to its end. */
async function comesToAnEnd(world: World): Promise<void> {
  world.cut(false);
  await world.advance(60 * SECOND);
  await world.check();
  demand(world.sluice.flags.listPendingKills().length === 0, 'the store is back and lacks a kill');
  for (const key of world.keys()) world.evidence.behaviours.set(key, 'true');
  world.evidence.reading = 'good';
  world.register();
  for (let round = 0; round < 40; round++) {
    const active = world.laws.all('rollout').filter(({ phase }) => !isEnded(phase));
    if (active.length === 0) return;
    for (const { key } of active) await world.help(key).catch(tolerate);
    world.ask(crowd);
    await world.advance(20 * SECOND);
    await world.check();
  }
  const stuck = world.laws.all('rollout').filter(({ phase }) => !isEnded(phase));
  demand(stuck.length === 0, `never ends: ${stuck.map(({ key, phase }) => `${key} in ${JSON.stringify(phase)}`).join(', ')}`);
}

function histories(ground: () => Ground, numRuns: number, maxCommands: number): Promise<void> {
  const commands = fc.commands([acts.map((act) => new Happening(act))], { maxCommands, size: 'max' });
  return fc.assert(
    fc.asyncProperty(commands, async (drawn) => {
      const from = ground();
      try {
        const world = await beginning(from);
        await fc.asyncModelRun(() => ({ model: {}, real: world }), drawn);
        await checkTransfer(world.sluice, world.clock.now());
        await comesToAnEnd(world);
        await checkTransfer(world.sluice, world.clock.now());
        await world.checkFresh();
        await world.end();
      } finally {
        from.clear();
      }
    }),
    IS_SOAK ? { numRuns } : { numRuns, seed: SEED },
  );
}

describe('whatever happens in whatever order', () => {
  it('keeps the laws over a memory store', () => histories(memoryGround, IS_SOAK ? 5_000 : 100, 60), 3_600_000);
  it('keeps the laws over a SQLite database', () => histories(sqliteGround, IS_SOAK ? 600 : 10, 40), 3_600_000);
  it('keeps the laws over a file', () => histories(fileGround, IS_SOAK ? 600 : 10, 40), 3_600_000);
});
