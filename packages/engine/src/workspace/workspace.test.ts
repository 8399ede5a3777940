import type { Condition } from '@sluice/core';
import { describe, expect, it } from 'vitest';
import { memoryStore } from '../store/memory-store.ts';
import type { Store } from '../store/store.ts';
import { openWorld, shopWorld, WHY } from './workspace.testing.ts';
import { openWorkspace } from './workspace.ts';

/** Counts how often each method of the store is called. */
function counted(store: Store): { readonly store: Store; readonly calls: Map<string, number> } {
  const calls = new Map<string, number>();
  const proxy = new Proxy(store, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...given: unknown[]) => {
        calls.set(String(name), (calls.get(String(name)) ?? 0) + 1);
        return Reflect.apply(value, target, given) as unknown;
      };
    },
  });
  return { store: proxy, calls };
}

describe('a workspace', () => {
  it('reads the store once, follows it once and closes it once, however many environments are in use', async () => {
    const { store, calls } = counted(memoryStore());
    const { workspace } = await shopWorld(store);
    for (const environment of ['development', 'staging', 'production']) workspace.environment('shop', environment);
    await Promise.all([workspace.close(), workspace.close()]);
    expect([calls.get('read'), calls.get('follow'), calls.get('close')]).toEqual([1, 1, 1]);
  });

  it('answers the same managers for the same environment, and none for one that there is not', async () => {
    const { workspace } = await shopWorld();
    expect(workspace.environment('shop', 'staging')).toBe(workspace.environment('shop', 'staging'));
    expect(() => workspace.environment('shop', 'moon')).toThrow(
      'project "shop" has no environment "moon"; there are development, staging, production',
    );
    expect(() => workspace.environment('toys', 'production')).toThrow('project "toys" does not exist');
    expect(() => workspace.environment('shop', '*')).toThrow('no environment "*"');
    expect(() => workspace.environment('__proto__', 'toString')).toThrow('project "__proto__" does not exist');
  });

  it('is not to be used before its store was read', async () => {
    const kept = memoryStore();
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const workspace = openWorkspace({ store: { ...slow(kept, gate) } });
    expect(() => workspace.environment('shop', 'staging')).toThrow('not loaded yet');
    release();
    await workspace.ready;
    expect(workspace.projects.list()).toEqual([]);
    await workspace.close();
    await expect(workspace.projects.create({ key: 'late' })).rejects.toMatchObject({ code: 'refused' });
  });

  it('finds what another workspace over the same store has made, as soon as it hears of it', async () => {
    const store = memoryStore();
    const [one, other] = [await shopWorld(store), await openWorld(store)];
    await one.workspace.define('shop', 'checkout', { description: 'new checkout' }, WHY);
    expect(other.workspace.environment('shop', 'staging').flags.getFlag('checkout')?.description).toBe('new checkout');
    await other.workspace.environment('shop', 'staging').flags.enableFlag('checkout');
    expect(one.workspace.environment('shop', 'staging').flags.isEnabled('checkout', { userId: 'u' })).toBe(true);
  });

  it('drives what is under way in an environment that nobody has asked for', async () => {
    const store = memoryStore();
    const first = await shopWorld(store);
    const { flags, rollouts } = first.workspace.environment('shop', 'staging');
    await flags.setFlag('checkout', { enabled: true, rolloutPercentage: 0 });
    await rollouts.startRollout('checkout', {
      strategy: 'percentage',
      stages: [{ percentage: 50, bakeMs: 1000 }],
      unvalidated: true,
      minExposures: 0,
    });
    const second = openWorkspace({ store, clock: first.clock });
    await second.ready;
    // The first is frozen: only the second can have driven it.
    await first.workspace.environment('shop', 'staging').close();
    await first.clock.advance(3_600_000);
    expect(second.environment('shop', 'staging').rollouts.getRolloutStatus('checkout')?.phase).toBe('completed');
  });

  it('counts no commit of another environment as one that a decision did not see', async () => {
    const { workspace, store } = await shopWorld();
    const staging = workspace.environment('shop', 'staging').flags;
    await workspace.define('shop', 'a', {}, WHY);
    let conflicts = 0;
    const commit = store.commit.bind(store);
    store.commit = async (...given) =>
      commit(...given).catch((error: unknown) => {
        conflicts += 1;
        throw error;
      });
    const condition: Condition = { plan: 'pro' };
    for (let i = 0; i < 5; i++) {
      await workspace.environment('shop', 'production').flags.addUserToFlag('a', `u${i}`, WHY);
      await staging.setFlag('a', { conditions: { ...condition, n: i } }, WHY);
    }
    expect(conflicts).toBe(0);
  });
});

function slow(store: Store, gate: Promise<void>): Store {
  return {
    read: () => gate.then(() => store.read()),
    commit: (...given) => store.commit(...given),
    refresh: () => store.refresh(),
    log: (query) => store.log(query),
    follow: (listener) => store.follow(listener),
    addFacts: (batch) => store.addFacts(batch),
    readTally: (...given) => store.readTally(...given),
    readTotals: (...given) => store.readTotals(...given),
    readUnitValues: (...given) => store.readUnitValues(...given),
    due: (...given) => store.due(...given),
    lease: (request) => store.lease(request),
    release: (...given) => store.release(...given),
    reload: () => store.reload(),
    close: () => store.close(),
  };
}
