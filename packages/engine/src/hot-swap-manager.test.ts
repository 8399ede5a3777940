import { describe, expect, it } from 'vitest';
import { ANN, C, hotSwapWorld, Model } from './components/world.testing.ts';
import { HotSwapManager } from './hot-swap-manager.ts';

describe('registerVersion', () => {
  it('serves the first version to everybody, and later ones to nobody', async () => {
    const { register, served, stateOf } = hotSwapWorld();
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
    const { sluice, hotSwap, register } = hotSwapWorld();
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
    const { sluice, hotSwap } = hotSwapWorld();
    await sluice.flags.setFlag('plain', { enabled: true });
    await expect(hotSwap.registerVersion('plain', '1.0.0', () => 1)).rejects.toThrow('is a flag and no component');
    await expect(hotSwap.registerVersion('plain', '1.0.0', () => 1)).rejects.toThrow('is a flag and no component');
  });

  it('keeps the variants of a component out of the reach of setFlag', async () => {
    const { sluice, register } = hotSwapWorld();
    await register('1.0.0');
    await expect(sluice.flags.setFlag(C, { variants: { a: 1, b: 2 } })).rejects.toThrow('its variants are its versions');
    expect((await sluice.flags.setFlag(C, { description: 'finds people' })).isComponent).toBe(true);
    await expect(sluice.flags.setFlag('plain', { offVariant: 'on' })).rejects.toThrow('they must differ');
  });
});

describe('use', () => {
  it('loads once, however many calls come at the same time, and counts each as an evaluation', async () => {
    const { sluice, register, hotSwap } = hotSwapWorld();
    await register('1.0.0');
    const calls = Array.from({ length: 50 }, (_, n) => hotSwap.use(C, { userId: `u${n}` }, async (model: Model) => model));
    expect(new Set(await Promise.all(calls)).size).toBe(1);
    expect(Model.made.length).toBe(1);
    expect((await sluice.flags.getFlagStats(C)).evaluations).toBe(50);
  });

  it('passes on what the work throws, at once or later, and gives the lease back', async () => {
    const { register, hotSwap, stateOf } = hotSwapWorld();
    await register('1.0.0');
    const failing = (): never => {
      throw new Error('mine');
    };
    await expect(hotSwap.use(C, ANN, failing)).rejects.toThrow('mine');
    await expect(hotSwap.use(C, ANN, async () => failing())).rejects.toThrow('mine');
    await expect(hotSwap.use(C, ANN, undefined as never)).rejects.toMatchObject({
      code: 'invalid',
      issues: [{ path: '/work', message: expect.stringContaining('must be a function') }],
    });
    expect(stateOf('1.0.0')).toMatchObject({ state: 'ready', leases: 0 });
  });

  it('uses the stable version where the assigned one does not load, tells it once, and tries again a second later', async () => {
    const { clock, sluice, hotSwap, problems, register, served, stateOf } = hotSwapWorld();
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
    const { sluice, hotSwap, problems, register, served } = hotSwapWorld();
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
    const { sluice, hotSwap, register, served } = hotSwapWorld();
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

describe('drain, retireVersion, health and close', () => {
  it('drains only what nothing names any more', async () => {
    const { hotSwap, register, served } = hotSwapWorld();
    await register('1.0.0');
    await register('2.0.0');
    await served();
    await expect(hotSwap.drain(C, '1.0.0')).rejects.toThrow('is in use');
    await expect(hotSwap.drain(C, '1.0.0', { deadlineMs: -1 })).rejects.toThrow('deadlineMs must be 0 or more');
    expect(await hotSwap.drain(C, '2.0.0')).toBe(true);
  });

  it('retires a version for good: it is let go, refuses loaders and stays in the list', async () => {
    const { hotSwap, register, served, stateOf } = hotSwapWorld();
    await register('1.0.0');
    await register('2.0.0');
    await served();
    await expect(hotSwap.retireVersion(C, '1.0.0')).rejects.toThrow('is in use');
    await hotSwap.swapTo(C, '2.0.0');
    await hotSwap.retireVersion(C, '1.0.0', { actor: 'ann', reason: 'a test' });
    expect(stateOf('1.0.0')).toMatchObject({ state: 'disposed', retiredAt: expect.any(Date), servedPercentage: 0 });
    await expect(register('1.0.0')).rejects.toThrow('a version is never used again');
    await expect(hotSwap.swapTo(C, '1.0.0')).rejects.toThrow('was retired');
  });

  it('says how loaded versions are, whatever their checks do', async () => {
    const { clock, hotSwap, register } = hotSwapWorld();
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
    const { sluice, hotSwap, register, served } = hotSwapWorld();
    await register('1.0.0');
    await served();
    await sluice.close();
    await hotSwap.close();
    expect(Model.made.map(({ disposals }) => disposals)).toEqual([1]);
  });

  it('takes durations only', () => {
    const { sluice } = hotSwapWorld();
    expect(() => new HotSwapManager(sluice.flags, { loadDeadlineMs: Number.NaN })).toThrow('loadDeadlineMs');
    expect(() => new HotSwapManager(sluice.flags, { drainDeadlineMs: -1 })).toThrow('drainDeadlineMs');
  });
});
