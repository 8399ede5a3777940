import { describe, expect, it } from 'vitest';
import { manualClock } from './clock/manual-clock.ts';
import { FeatureFlagManager } from './feature-flag-manager.ts';
import { HotSwapManager } from './hot-swap-manager.ts';
import { RollbackManager } from './rollback-manager.ts';
import { createSluice } from './sluice.ts';
import { memoryStore } from './store/memory-store.ts';

const C = 'ner_model';
const reason = 'Bug in 2.0.0';

async function world() {
  const clock = manualClock(1_700_000_000_000);
  const sluice = createSluice({ store: memoryStore(), clock });
  const disposed: string[] = [];
  for (const version of ['1.0.0', '2.0.0'])
    await sluice.rollbacks.registerVersion(C, version, () => ({ version, dispose: () => disposed.push(version) }));
  const served = () => sluice.hotSwap.use(C, { userId: 'ann' }, (model: { version: string }) => model.version);
  return { clock, sluice, disposed, served, rollbacks: sluice.rollbacks, hotSwap: sluice.hotSwap };
}

describe('rollbackImmediate with rollbackToVersion', () => {
  it('gives everybody the version again, drains the bad one and tells what it did', async () => {
    const { hotSwap, rollbacks, served, disposed } = await world();
    await hotSwap.swapTo(C, '2.0.0');
    expect(await served()).toBe('2.0.0');
    const result = await rollbacks.rollbackImmediate(C, { reason, actor: 'ann', rollbackToVersion: '1.0.0' });
    expect(result).toMatchObject({
      strategy: 'immediate',
      changed: true,
      fromPercentage: 100,
      toPercentage: 0,
      status: 'completed',
      actor: 'ann',
      reason,
    });
    expect([await served(), disposed]).toEqual(['1.0.0', ['2.0.0']]);
    const [record] = await rollbacks.getRollbackHistory({ flag: C });
    expect(record).toMatchObject({
      id: result.id,
      fromPercentage: 100,
      toPercentage: 0,
      detail: { fromVersion: '2.0.0', toVersion: '1.0.0' },
    });
  });

  it('changes nothing where everybody has the version already', async () => {
    const { rollbacks } = await world();
    expect(await rollbacks.rollbackImmediate(C, { reason, rollbackToVersion: '1.0.0' })).toMatchObject({
      id: null,
      changed: false,
      fromPercentage: 0,
      toPercentage: 0,
    });
    expect(await rollbacks.getRollbackHistory()).toEqual([]);
  });

  it('ends the rollout that brings the bad version, and says how many had it', async () => {
    const { sluice, rollbacks, served } = await world();
    await sluice.rollouts.startRollout(C, {
      strategy: 'percentage',
      stages: [25, 100],
      toVersion: '2.0.0',
      unvalidated: true,
    });
    const result = await rollbacks.rollbackImmediate(C, { reason, rollbackToVersion: '1.0.0' });
    expect(result).toMatchObject({ changed: true, fromPercentage: 25, toPercentage: 0 });
    expect(sluice.rollouts.getRolloutStatus(C)?.phase).toBe('superseded');
    expect(await served()).toBe('1.0.0');
  });

  it('restores from a kill, which leaves everybody on the stable version', async () => {
    const { sluice, hotSwap, rollbacks, served } = await world();
    await hotSwap.swapTo(C, '2.0.0');
    await rollbacks.rollbackImmediate(C, { reason });
    expect([sluice.flags.getFlag(C)?.status, await served()]).toEqual(['disabled', '2.0.0']);
    await rollbacks.rollbackImmediate(C, { reason, rollbackToVersion: '1.0.0' });
    expect([sluice.flags.getFlag(C)?.status, await served()]).toEqual(['enabled', '1.0.0']);
  });

  it('includes the drain in its duration', async () => {
    const { clock, hotSwap, rollbacks } = await world();
    await hotSwap.swapTo(C, '2.0.0');
    let end: () => void = () => {};
    const call = hotSwap.use(C, {}, () => new Promise<void>((resolve) => (end = resolve)));
    await clock.advance(0);
    const rollback = rollbacks.rollbackImmediate(C, { reason, rollbackToVersion: '1.0.0' });
    await clock.advance(700);
    end();
    await call;
    expect((await rollback).durationMs).toBe(700);
  });

  it('is refused for flags that are no component, versions that are not registered, and without a reason', async () => {
    const { sluice, rollbacks } = await world();
    await sluice.flags.setFlag('plain', { enabled: true });
    const rollback = (name: string, rollbackToVersion: string) =>
      rollbacks.rollbackImmediate(name, { reason, rollbackToVersion });
    await expect(rollback('plain', '1.0.0')).rejects.toThrow('is a flag and no component');
    await expect(rollback('nope', '1.0.0')).rejects.toMatchObject({ code: 'notFound' });
    await expect(rollback(C, '9.0.0')).rejects.toThrow('version 9.0.0 is not registered; there are 1.0.0, 2.0.0');
    await expect(rollbacks.rollbackImmediate(C, { reason: '', rollbackToVersion: '1.0.0' })).rejects.toThrow('needs a reason');
  });
});

describe('a rollback to a version that does not load in this process', () => {
  async function broken() {
    const made = await world();
    const problems: string[] = [];
    made.sluice.on('problem', ({ message }) => problems.push(message));
    let file: string | null = null;
    await made.hotSwap.registerVersion(C, '0.9.0', () => {
      if (file === null) throw new Error('the file is gone');
      return { version: file, dispose: () => made.disposed.push('0.9.0') };
    });
    const repair = (): void => {
      file = '0.9.0';
    };
    const rollback = () => made.rollbacks.rollbackImmediate(C, { reason, rollbackToVersion: '0.9.0' });
    return { ...made, problems, repair, rollback };
  }

  it('is kept for all, says that it is not loaded here, and goes on serving what is loaded', async () => {
    const { sluice, hotSwap, problems, served, disposed, rollback } = await broken();
    await hotSwap.swapTo(C, '2.0.0');
    expect(await served()).toBe('2.0.0');
    const result = await rollback();
    expect(result).toMatchObject({ changed: true, durable: true, status: 'notLoaded', loaded: false, id: expect.any(Number) });
    expect(result.warnings).toEqual([
      expect.stringMatching(
        /everybody shall have version 0\.9\.0, but this process goes on with version 2\.0\.0 .*the file is gone/,
      ),
    ]);
    expect(sluice.flags.getVariant(C)).toBe('0.9.0');
    expect([await served(), await served(), disposed]).toEqual(['2.0.0', '2.0.0', []]);
    expect(problems.filter((message) => message.includes('goes on with version 2.0.0'))).toHaveLength(1);
  });

  it('comes to the version as soon as it loads, without a call that waits for the trying, and lets the stand-in go', async () => {
    const { clock, hotSwap, served, disposed, repair, rollback } = await broken();
    await hotSwap.swapTo(C, '2.0.0');
    await rollback();
    repair();
    await clock.advance(1_000);
    expect(await served()).toBe('2.0.0');
    await clock.advance(0);
    expect([await served(), disposed]).toEqual(['0.9.0', ['2.0.0']]);
    expect(await rollback()).toMatchObject({ changed: false, status: 'completed', loaded: true, warnings: [] });
  });

  it('tells once of a version that has no loader here, however many calls meet it', async () => {
    const { hotSwap, rollbacks, problems, served } = await broken();
    await hotSwap.swapTo(C, '2.0.0');
    await hotSwap.registerVersion(C, '0.8.0');
    const result = await rollbacks.rollbackImmediate(C, { reason, rollbackToVersion: '0.8.0' });
    expect(result).toMatchObject({ status: 'notLoaded', warnings: [expect.stringContaining('has no loader in this process')] });
    for (let call = 0; call < 3; call++) expect(await served()).toBe('2.0.0');
    expect(problems.filter((message) => message.includes('everybody shall have version 0.8.0'))).toHaveLength(1);
  });

  it('serves the stable version before it even where that was not loaded yet', async () => {
    const { served, rollback } = await broken();
    expect(await rollback()).toMatchObject({ status: 'notLoaded', loaded: false });
    expect(await served()).toBe('1.0.0');
  });

  it('keeps the stable version from before and not the canary', async () => {
    const { sluice, hotSwap, served, stateOf, rollback } = await broken().then((made) => ({
      ...made,
      stateOf: (version: string) => made.hotSwap.versions(C).find((known) => known.version === version)?.state,
    }));
    await hotSwap.registerVersion(C, '3.0.0', () => ({ version: '3.0.0' }));
    await served();
    const started = { strategy: 'percentage', stages: [100], toVersion: '3.0.0', unvalidated: true } as const;
    await sluice.rollouts.startRollout(C, started);
    expect(await served()).toBe('3.0.0');
    await rollback();
    expect([await served(), stateOf('3.0.0')]).toEqual(['1.0.0', 'disposed']);
  });

  it('fails a call in the words of the version when nothing else can serve', async () => {
    const sluice = createSluice({ store: memoryStore(), clock: manualClock(0) });
    const load = (): never => {
      throw new Error('no such file');
    };
    for (const version of ['1.0.0', '2.0.0']) await sluice.hotSwap.registerVersion(C, version, load);
    const result = await sluice.rollbacks.rollbackImmediate(C, { reason, rollbackToVersion: '2.0.0' });
    expect(result).toMatchObject({ status: 'notLoaded', loaded: false });
    await expect(sluice.hotSwap.use(C, {}, () => 1)).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('RollbackManager', () => {
  it('rolls back by the commit alone without a hot-swap manager', async () => {
    const flags = new FeatureFlagManager({ store: memoryStore() });
    const rollbacks = new RollbackManager(flags);
    await rollbacks.registerVersion(C, '1.0.0');
    await rollbacks.registerVersion(C, '2.0.0');
    await flags.setFlag(C, { offVariant: '2.0.0', onVariant: '2.0.0' });
    expect(await rollbacks.rollbackImmediate(C, { reason, rollbackToVersion: '1.0.0' })).toMatchObject({ changed: true });
    expect(flags.getVariant(C, { userId: 'ann' })).toBe('1.0.0');
  });

  it('takes no hot-swap manager of other flags', () => {
    const [one, other] = [memoryStore(), memoryStore()].map((store) => new FeatureFlagManager({ store }));
    expect(() => new RollbackManager(one as FeatureFlagManager, new HotSwapManager(other as FeatureFlagManager))).toThrow(
      'the same FeatureFlagManager',
    );
  });
});
