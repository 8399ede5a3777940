import type { SluiceError } from '@sluice/core';
import { describe, expect, it } from 'vitest';
import { manualClock } from './clock/manual-clock.ts';
import { HotSwapManager } from './hot-swap-manager.ts';
import { createSluice } from './sluice.ts';
import { memoryStore } from './store/memory-store.ts';

const C = 'ner_model';
const ANN = { userId: 'ann' };
const reason = 'a test';

/** An instance that knows how often it was let go of. */
class Model {
  static made: Model[] = [];
  readonly version: string;
  disposals = 0;
  constructor(version: string) {
    this.version = version;
    Model.made.push(this);
  }
  dispose(): void {
    this.disposals += 1;
  }
}

function world() {
  Model.made = [];
  const clock = manualClock(1_700_000_000_000);
  const sluice = createSluice({ store: memoryStore(), clock });
  const problems: SluiceError[] = [];
  sluice.on('problem', (problem) => problems.push(problem));
  const { hotSwap } = sluice;
  const register = (version: string) => hotSwap.registerVersion(C, version, () => new Model(version));
  const served = () => hotSwap.use(C, ANN, (model: Model) => model.version);
  const stateOf = (version: string) => hotSwap.versions(C).find((known) => known.version === version);
  return { clock, sluice, hotSwap, problems, register, served, stateOf };
}

/** A call that ends when it is told to. */
function heldCall(hotSwap: HotSwapManager) {
  let end: () => void = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const call = hotSwap.use(C, ANN, async (model: Model, version) => {
    await ended;
    return `${version} disposed ${model.disposals} times`;
  });
  return { call, end };
}

describe('registerVersion', () => {
  it('serves the first version to everybody, and later ones to nobody', async () => {
    const { register, served, stateOf } = world();
    expect(await register('1.0.0')).toMatchObject({
      version: '1.0.0',
      registeredBy: 'local',
      servedPercentage: 100,
      isStable: true,
      state: 'idle',
    });
    expect(await register('2.0.0')).toMatchObject({ servedPercentage: 0, isStable: false, state: 'idle' });
    expect(await served()).toBe('1.0.0');
    expect(stateOf('1.0.0')).toMatchObject({ state: 'ready', leases: 0, lastError: null });
  });

  it('is one registry for both managers: duplicates are refused, a second loader too, and what is no version or function', async () => {
    const { sluice, hotSwap, register } = world();
    await sluice.rollbacks.registerVersion(C, '1.0.0');
    await expect(hotSwap.registerVersion(C, '1.0.0')).rejects.toMatchObject({ code: 'conflict' });
    await register('1.0.0');
    await expect(register('1.0.0+build')).rejects.toThrow('has a loader in this process already');
    await expect(sluice.rollbacks.registerVersion(C, '1.0.0')).rejects.toMatchObject({ code: 'conflict' });
    await expect(register('v1')).rejects.toMatchObject({ code: 'invalid' });
    await expect(hotSwap.registerVersion(C, '3.0.0', 'path' as never)).rejects.toThrow('load must be a function');
    await expect(hotSwap.registerVersion(C, '3.0.0', undefined, { healthCheck: () => true })).rejects.toThrow('needs the loader');
  });

  it('takes the loader back when the version is refused', async () => {
    const { sluice, hotSwap } = world();
    await sluice.flags.setFlag('plain', { enabled: true });
    await expect(hotSwap.registerVersion('plain', '1.0.0', () => 1)).rejects.toThrow('is a flag and no component');
    await expect(hotSwap.registerVersion('plain', '1.0.0', () => 1)).rejects.toThrow('is a flag and no component');
  });

  it('keeps the variants of a component out of the reach of setFlag', async () => {
    const { sluice, register } = world();
    await register('1.0.0');
    await expect(sluice.flags.setFlag(C, { variants: { a: 1, b: 2 } })).rejects.toThrow('its variants are its versions');
    expect((await sluice.flags.setFlag(C, { description: 'finds people' })).isComponent).toBe(true);
    await expect(sluice.flags.setFlag('plain', { offVariant: 'on' })).rejects.toThrow('they must differ');
  });
});

describe('use', () => {
  it('loads once, however many calls come at the same time, and counts each as an evaluation', async () => {
    const { sluice, register, hotSwap } = world();
    await register('1.0.0');
    const calls = Array.from({ length: 50 }, (_, n) => hotSwap.use(C, { userId: `u${n}` }, async (model: Model) => model));
    expect(new Set(await Promise.all(calls)).size).toBe(1);
    expect(Model.made.length).toBe(1);
    expect((await sluice.flags.getFlagStats(C)).evaluations).toBe(50);
  });

  it('passes on what the work throws, at once or later, and gives the lease back', async () => {
    const { register, hotSwap, stateOf } = world();
    await register('1.0.0');
    const failing = (): never => {
      throw new Error('mine');
    };
    await expect(hotSwap.use(C, ANN, failing)).rejects.toThrow('mine');
    await expect(hotSwap.use(C, ANN, async () => failing())).rejects.toThrow('mine');
    expect(stateOf('1.0.0')).toMatchObject({ state: 'ready', leases: 0 });
  });

  it('uses the stable version where the assigned one does not load, tells it once, and tries again a second later', async () => {
    const { clock, sluice, hotSwap, problems, register, served, stateOf } = world();
    await register('1.0.0');
    let loads = 0;
    await hotSwap.registerVersion(C, '2.0.0', () => {
      loads += 1;
      if (loads < 3) throw new Error('no model file');
      return new Model('2.0.0');
    });
    await sluice.flags.setFlag(C, { onVariant: '2.0.0' });
    expect([await served(), await served(), await served()]).toEqual(['1.0.0', '1.0.0', '1.0.0']);
    expect([loads, problems.map(({ message }) => message)]).toEqual([
      1,
      ['component "ner_model" version 2.0.0 cannot be loaded: Error: no model file'],
    ]);
    expect(stateOf('2.0.0')).toMatchObject({ state: 'failed', lastError: expect.stringContaining('no model file') });
    await clock.advance(1_000);
    expect(await served()).toBe('1.0.0');
    await clock.advance(1_000);
    expect(await served()).toBe('2.0.0');
    expect([loads, stateOf('2.0.0')?.lastError]).toEqual([3, null]);
  });

  it('uses the stable version where the assigned one has no loader, and says clearly when that has none either', async () => {
    const { sluice, hotSwap, problems, register, served } = world();
    await register('1.0.0');
    await hotSwap.registerVersion(C, '2.0.0');
    await sluice.flags.setFlag(C, { onVariant: '2.0.0' });
    expect([await served(), await served()]).toEqual(['1.0.0', '1.0.0']);
    expect(problems.map(({ message }) => message)).toEqual([
      'component "ner_model" version 2.0.0 has no loader in this process; give it to registerVersion',
    ]);
    await hotSwap.registerVersion('bare', '1.0.0');
    await expect(hotSwap.use('bare', ANN, () => 1)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('has no loader in this process'),
    });
    await hotSwap.registerVersion('bare', '2.0.0');
    await sluice.flags.setFlag('bare', { onVariant: '2.0.0' });
    await expect(hotSwap.use('bare', ANN, () => 1)).rejects.toThrow(/2\.0\.0 has no loader.*nor can the stable version.*1\.0\.0/);
  });

  it('is refused with words for an unknown component, a plain flag and after close', async () => {
    const { sluice, hotSwap, register, served } = world();
    await sluice.flags.setFlag('plain', { enabled: true });
    await expect(hotSwap.use('nope', ANN, () => 1)).rejects.toMatchObject({ code: 'notFound' });
    await expect(hotSwap.use('plain', ANN, () => 1)).rejects.toThrow('no component');
    await register('1.0.0');
    await served();
    await hotSwap.close();
    await expect(served()).rejects.toMatchObject({ code: 'refused' });
    expect(Model.made.map(({ disposals }) => disposals)).toEqual([1]);
  });
});

describe('swapTo', () => {
  it('loads first, moves everybody in one commit, and lets the old one go', async () => {
    const { sluice, hotSwap, register, served, stateOf } = world();
    await register('1.0.0');
    await register('2.0.0');
    await served();
    const heard: string[] = [];
    sluice.on('component.swapped', ({ actor, reason, detail }) => heard.push(`${actor} ${reason} ${detail.toVersion}`));
    expect(await hotSwap.swapTo(C, '2.0.0', { reason, actor: 'ann' })).toMatchObject({
      from: '1.0.0',
      to: '2.0.0',
      changed: true,
      drained: true,
    });
    expect(heard).toEqual(['ann a test 2.0.0']);
    expect(await served()).toBe('2.0.0');
    expect([stateOf('1.0.0')?.state, stateOf('2.0.0')]).toEqual(['disposed', expect.objectContaining({ isStable: true })]);
    expect(Model.made.map(({ version, disposals }) => [version, disposals])).toEqual([
      ['1.0.0', 1],
      ['2.0.0', 0],
    ]);
    expect(await hotSwap.swapTo(C, '2.0.0')).toMatchObject({ changed: false, drained: true });
  });

  it('lets calls under way finish on the old instance while new ones get the new one', async () => {
    const { hotSwap, register, served, stateOf } = world();
    await register('1.0.0');
    await register('2.0.0');
    await served();
    const { call, end } = heldCall(hotSwap);
    const swap = hotSwap.swapTo(C, '2.0.0');
    await new Promise((resolve) => setImmediate(resolve));
    expect(await served()).toBe('2.0.0');
    expect(stateOf('1.0.0')).toMatchObject({ state: 'draining', leases: 1 });
    end();
    expect(await call).toBe('1.0.0 disposed 0 times');
    expect((await swap).drained).toBe(true);
  });

  it('tells of a call that outlives the drain, and never cuts it off', async () => {
    const { clock, hotSwap, problems, register, served, stateOf } = world();
    await register('1.0.0');
    await register('2.0.0');
    await served();
    const { call, end } = heldCall(hotSwap);
    const swap = hotSwap.swapTo(C, '2.0.0');
    await clock.advance(30_000);
    expect(await swap).toMatchObject({ changed: true, drained: false, durationMs: 30_000 });
    expect(problems.map(({ message }) => message)).toEqual([
      'component "ner_model" version 1.0.0 is not drained after 30000 ms: 1 call holds it; it goes after the last',
    ]);
    expect(Model.made[0]?.disposals).toBe(0);
    end();
    expect(await call).toBe('1.0.0 disposed 0 times');
    await clock.advance(0);
    expect([Model.made[0]?.disposals, stateOf('1.0.0')?.state]).toEqual([1, 'disposed']);
  });

  it('takes an instance that still drains back into use when it is swapped back', async () => {
    const { hotSwap, register, served } = world();
    await register('1.0.0');
    await register('2.0.0');
    await served();
    const { call, end } = heldCall(hotSwap);
    const forth = hotSwap.swapTo(C, '2.0.0');
    await new Promise((resolve) => setImmediate(resolve));
    await hotSwap.swapTo(C, '1.0.0');
    expect(await forth).toMatchObject({ drained: false });
    expect(await served()).toBe('1.0.0');
    end();
    await call;
    expect(Model.made.map(({ version, disposals }) => [version, disposals])).toEqual([
      ['1.0.0', 0],
      ['2.0.0', 1],
    ]);
  });

  it('swaps to nothing that does not load or is not healthy, and leaves nothing behind', async () => {
    const { hotSwap, register, served, stateOf } = world();
    await register('1.0.0');
    await hotSwap.registerVersion(C, '2.0.0', async (): Promise<Model> => Promise.reject(new Error('no model file')));
    await hotSwap.registerVersion(C, '3.0.0', () => new Model('3.0.0'), { healthCheck: () => false });
    await hotSwap.registerVersion(C, '4.0.0');
    await expect(hotSwap.swapTo(C, '2.0.0')).rejects.toThrow('cannot be loaded: Error: no model file');
    await expect(hotSwap.swapTo(C, '3.0.0')).rejects.toThrow('is not healthy: the health check returned false');
    await expect(hotSwap.swapTo(C, '4.0.0')).rejects.toThrow('has no loader in this process');
    expect(await served()).toBe('1.0.0');
    await new Promise((resolve) => setImmediate(resolve));
    expect(stateOf('3.0.0')?.state).toBe('disposed');
  });

  it('is the commit alone where this process loads no version of the component', async () => {
    const { sluice, hotSwap } = world();
    await hotSwap.registerVersion(C, '1.0.0');
    await hotSwap.registerVersion(C, '2.0.0');
    expect(await hotSwap.swapTo(C, '2.0.0')).toMatchObject({ from: '1.0.0', to: '2.0.0', changed: true, drained: true });
    expect(sluice.flags.getVariant(C, ANN)).toBe('2.0.0');
  });

  it('is refused while a rollout moves the share, and nothing is loaded for it', async () => {
    const { sluice, hotSwap, register } = world();
    for (const version of ['1.0.0', '2.0.0', '3.0.0']) await register(version);
    await sluice.rollouts.startRollout(C, { strategy: 'canary', toVersion: '2.0.0', unvalidated: true });
    await expect(hotSwap.swapTo(C, '3.0.0')).rejects.toMatchObject({ code: 'conflict' });
    expect(Model.made.map(({ version }) => version)).not.toContain('3.0.0');
  });
});

describe('a rollout of a version', () => {
  const CANARY = { strategy: 'percentage', stages: [50, 100], toVersion: '2.0.0', unvalidated: true, bakeMs: 10_000 } as const;

  it('loads the version before anybody gets it, keeps both warm on the way, and lets the old one go at the end', async () => {
    const { clock, sluice, register, hotSwap, stateOf } = world();
    await register('1.0.0');
    await register('2.0.0');
    await sluice.rollouts.startRollout(C, CANARY);
    expect(stateOf('2.0.0')).toMatchObject({ state: 'ready', servedPercentage: 50 });
    const seen = new Set<string>();
    for (let n = 0; n < 50; n++) seen.add(await hotSwap.use(C, { userId: `u${n}` }, (model: Model) => model.version));
    expect([...seen].sort()).toEqual(['1.0.0', '2.0.0']);
    await clock.advance(12_000);
    expect([stateOf('1.0.0')?.state, stateOf('2.0.0')?.servedPercentage]).toEqual(['ready', 100]);
    await clock.advance(12_000);
    expect(sluice.rollouts.getRolloutStatus(C)?.phase).toBe('completed');
    expect(stateOf('1.0.0')).toMatchObject({ state: 'disposed', isStable: false, servedPercentage: 0 });
    expect(stateOf('2.0.0')).toMatchObject({ state: 'ready', isStable: true, servedPercentage: 100 });
  });

  it('gives the old version back when it is aborted, and lets the new one go', async () => {
    const { sluice, register, served, stateOf, clock } = world();
    await register('1.0.0');
    await register('2.0.0');
    await sluice.rollouts.startRollout(C, CANARY);
    await sluice.rollouts.abortRollout(C);
    await clock.advance(0);
    expect([await served(), stateOf('2.0.0')?.state]).toEqual(['1.0.0', 'disposed']);
  });

  it('fails its preflight when the version does not load, is not healthy or has no loader where others have', async () => {
    const { sluice, hotSwap, register } = world();
    await register('1.0.0');
    await hotSwap.registerVersion(C, '2.0.0', (): Model => {
      throw new Error('no model file');
    });
    await hotSwap.registerVersion(C, '3.0.0', () => new Model('3.0.0'), { healthCheck: async () => false });
    await hotSwap.registerVersion(C, '4.0.0');
    const errors = [];
    for (const toVersion of ['2.0.0', '3.0.0', '4.0.0'])
      errors.push((await sluice.rollouts.startRollout(C, { ...CANARY, toVersion })).error);
    expect(errors).toEqual([
      expect.stringContaining('no model file'),
      expect.stringContaining('not healthy'),
      expect.stringContaining('has no loader in this process'),
    ]);
    expect(hotSwap.versions(C).map(({ servedPercentage }) => servedPercentage)).toEqual([100, 0, 0, 0]);
  });
});

describe('drain, retireVersion, health and close', () => {
  it('drains only what nothing names any more', async () => {
    const { hotSwap, register, served } = world();
    await register('1.0.0');
    await register('2.0.0');
    await served();
    await expect(hotSwap.drain(C, '1.0.0')).rejects.toThrow('is in use');
    await expect(hotSwap.drain(C, '1.0.0', { deadlineMs: -1 })).rejects.toThrow('deadlineMs must be 0 or more');
    expect(await hotSwap.drain(C, '2.0.0')).toBe(true);
  });

  it('retires a version for good: it is let go, refuses loaders and stays in the list', async () => {
    const { hotSwap, register, served, stateOf } = world();
    await register('1.0.0');
    await register('2.0.0');
    await served();
    await expect(hotSwap.retireVersion(C, '1.0.0')).rejects.toThrow('is in use');
    await hotSwap.swapTo(C, '2.0.0');
    await hotSwap.retireVersion(C, '1.0.0', { actor: 'ann', reason });
    expect(stateOf('1.0.0')).toMatchObject({ state: 'disposed', retiredAt: expect.any(Date), servedPercentage: 0 });
    await expect(register('1.0.0')).rejects.toThrow('a version is never used again');
    await expect(hotSwap.swapTo(C, '1.0.0')).rejects.toThrow('was retired');
  });

  it('says how loaded versions are, whatever their checks do', async () => {
    const { clock, hotSwap, register } = world();
    await register('1.0.0');
    const checks = {
      '2.0.0': () => true,
      '3.0.0': () => Promise.reject(new Error('dead')),
      '4.0.0': () => new Promise<never>(() => {}),
    };
    for (const [version, healthCheck] of Object.entries(checks)) {
      await hotSwap.registerVersion(C, version, () => new Model(version), { healthCheck });
      await hotSwap.use(C, ANN, () => 1);
    }
    expect(await hotSwap.health(C)).toMatchObject([{ isHealthy: null }, { isHealthy: null, message: 'idle' }, {}, {}]);
    await hotSwap.swapTo(C, '2.0.0');
    expect((await hotSwap.health(C))[1]).toEqual({
      version: '2.0.0',
      isHealthy: true,
      message: 'the health check returned true',
    });
    await expect(hotSwap.swapTo(C, '3.0.0')).rejects.toThrow('the health check failed: Error: dead');
    const hanging = expect(hotSwap.swapTo(C, '4.0.0')).rejects.toThrow('gave no answer within 10000 ms');
    await clock.advance(10_000);
    await hanging;
  });

  it('closes with the flags: everything is disposed of once', async () => {
    const { sluice, hotSwap, register, served } = world();
    await register('1.0.0');
    await served();
    await sluice.close();
    await hotSwap.close();
    expect(Model.made.map(({ disposals }) => disposals)).toEqual([1]);
  });

  it('takes durations only', () => {
    const { sluice } = world();
    expect(() => new HotSwapManager(sluice.flags, { loadDeadlineMs: Number.NaN })).toThrow('loadDeadlineMs');
    expect(() => new HotSwapManager(sluice.flags, { drainDeadlineMs: -1 })).toThrow('drainDeadlineMs');
  });
});
