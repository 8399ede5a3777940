/**
 * Knight Capital, 1 August 2012: an old flag's name was used again, and one of eight servers still had the code it once switched on.
 * A key is used once; a server without the version that it should run goes on with the stable one, or does nothing, and says so.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createSluice, fileStore, manualClock, memoryStore, type Sluice } from 'sluice';
import { describe, expect, it } from 'vitest';
import { BY, flagFile, HOUR, MINUTE, problemsOf, START } from './incident.testing.ts';

const SERVERS = 8;
const ORDERS = 200;

/** Eight servers over one store, of which the last was forgotten when the new version was brought out. */
async function fleet() {
  const [store, clock] = [memoryStore(), manualClock(START)];
  const servers = Array.from({ length: SERVERS }, () => createSluice({ store, clock }));
  for (const [index, { hotSwap }] of servers.entries()) {
    await hotSwap.registerVersion('router', '1.0.0', () => 'power peg');
    if (index < SERVERS - 1) await hotSwap.registerVersion('router', '2.0.0', () => 'retail liquidity');
  }
  return { clock, first: servers[0] as Sluice, forgotten: servers[SERVERS - 1] as Sluice, servers };
}

/** The code that each order ran, counted; `refused` is what ran none. */
async function ordersOn({ hotSwap }: Sluice): Promise<Record<string, number>> {
  const ran: Record<string, number> = {};
  for (let order = 0; order < ORDERS; order++) {
    const code = await hotSwap.use('router', { userId: `order-${order}` }, (name: string) => name).catch(() => 'refused');
    ran[code] = (ran[code] ?? 0) + 1;
  }
  return ran;
}

const toNew = { strategy: 'canary', toVersion: '2.0.0', unvalidated: true, bakeMs: MINUTE, stages: [50, 100] } as const;

describe('the eighth server', () => {
  it('cannot start the rollout of a version that it lacks', async () => {
    const { forgotten } = await fleet();
    const status = await forgotten.rollouts.startRollout('router', toNew);
    expect(status).toMatchObject({ phase: 'failed', error: expect.stringContaining('2.0.0 has no loader in this process') });
    expect(forgotten.flags.getFlag('router')).toMatchObject({ offVariant: '1.0.0', onVariant: '1.0.0' });
  });

  it('goes on with the stable version while others get the new one, and says so', async () => {
    const { first, forgotten } = await fleet();
    const problems = problemsOf(forgotten);
    await first.rollouts.startRollout('router', toNew);
    const elsewhere = await ordersOn(first);
    expect(elsewhere['retail liquidity']).toBeGreaterThan(ORDERS / 4);
    expect(await ordersOn(forgotten)).toEqual({ 'power peg': ORDERS });
    expect(problems).toEqual([expect.stringContaining('version 2.0.0 has no loader in this process')]);
  });

  it('runs nothing rather than the wrong thing once the new version is everybody’s, and all go back in one commit', async () => {
    const { clock, first, forgotten, servers } = await fleet();
    await first.rollouts.startRollout('router', toNew);
    await clock.advance(HOUR);
    expect(first.rollouts.getRolloutStatus('router')?.phase).toBe('completed');
    expect(await ordersOn(forgotten)).toEqual({ refused: ORDERS });
    const before = first.flags.getFlag('router')?.revision ?? 0;
    await first.rollbacks.rollbackImmediate('router', { ...BY, rollbackToVersion: '1.0.0' });
    for (const server of servers) {
      expect(server.flags.getFlag('router')).toMatchObject({ revision: before + 1, offVariant: '1.0.0' });
      expect(await ordersOn(server)).toEqual({ 'power peg': ORDERS });
    }
  });

  it('finds no version number used for something else', async () => {
    const { clock, first, forgotten } = await fleet();
    await first.hotSwap.swapTo('router', '2.0.0');
    await clock.advance(MINUTE);
    await first.hotSwap.retireVersion('router', '1.0.0', BY);
    for (const { hotSwap } of [first, forgotten])
      await expect(hotSwap.registerVersion('router', '1.0.0', () => 'something else')).rejects.toThrow('1.0.0');
  });
});

describe('the name of an old flag', () => {
  it('is not used again: by no call, by no edit of the file, in no later process', async () => {
    const [file, clock] = [flagFile(), manualClock(START)];
    const life = () => createSluice({ store: fileStore(file, { clock, watch: false }), clock });
    const old = life();
    await old.flags.setFlag('other', { enabled: true });
    await old.flags.setFlag('power_peg', { enabled: true, rolloutPercentage: 50 });
    const withPowerPeg = readFileSync(file, 'utf8');
    await old.flags.archiveFlag('power_peg', { actor: 'ann', reason: 'the code is gone' });
    await old.close();
    for (const open of [life, life]) {
      const sluice = open();
      const { flags, rollouts } = sluice;
      for (const attempt of [
        () => flags.setFlag('power_peg', { enabled: true }),
        () => flags.enableFlag('power_peg'),
        () => flags.setRolloutPercentage('power_peg', 100),
        () => flags.addUserToFlag('power_peg', 'order-1'),
        () => rollouts.startRollout('power_peg', { strategy: 'canary', unvalidated: true }),
      ])
        await expect(attempt()).rejects.toThrow('archived');
      writeFileSync(file, withPowerPeg);
      await expect(flags.reload()).rejects.toThrow('an archived key is not used again');
      expect(flags.isEnabled('power_peg', { userId: 'order-1' })).toBe(false);
      expect(flags.isEnabled('other', { userId: 'order-1' })).toBe(true);
      await sluice.close();
    }
  });
});
