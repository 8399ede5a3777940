import { describe, expect, it } from 'vitest';
import { ANN, C, heldCall, hotSwapWorld, Model } from './world.testing.ts';

describe('swapTo', () => {
  it('loads first, moves everybody in one commit, and lets the old one go', async () => {
    const { sluice, hotSwap, register, served, stateOf } = hotSwapWorld();
    await register('1.0.0');
    await register('2.0.0');
    await served();
    const heard: string[] = [];
    sluice.on('component.swapped', ({ actor, reason, detail }) => heard.push(`${actor} ${reason} ${detail.toVersion}`));
    expect(await hotSwap.swapTo(C, '2.0.0', { reason: 'a test', actor: 'ann' })).toMatchObject({
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
    const { hotSwap, register, served, stateOf } = hotSwapWorld();
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
    const { clock, hotSwap, problems, register, served, stateOf } = hotSwapWorld();
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
    const { hotSwap, register, served } = hotSwapWorld();
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

  it('keeps what it has loaded, whatever else is committed before its own commit', async () => {
    const { sluice, hotSwap, register, served } = hotSwapWorld();
    await register('1.0.0');
    let answer: (model: Model) => void = () => {};
    await hotSwap.registerVersion(C, '2.0.0', () => new Promise<Model>((resolve) => (answer = resolve)));
    const swap = hotSwap.swapTo(C, '2.0.0');
    await sluice.flags.setFlag(C, { description: 'finds people' });
    answer(new Model('2.0.0'));
    await swap;
    expect(await served()).toBe('2.0.0');
    expect(Model.made.map(({ version, disposals }) => [version, disposals])).toEqual([['2.0.0', 0]]);
  });

  it('swaps to nothing that does not load or is not healthy, and leaves nothing behind', async () => {
    const { hotSwap, register, served, stateOf } = hotSwapWorld();
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
    const { sluice, hotSwap } = hotSwapWorld();
    await hotSwap.registerVersion(C, '1.0.0');
    await hotSwap.registerVersion(C, '2.0.0');
    expect(await hotSwap.swapTo(C, '2.0.0')).toMatchObject({ from: '1.0.0', to: '2.0.0', changed: true, drained: true });
    expect(sluice.flags.getVariant(C, ANN)).toBe('2.0.0');
  });

  it('is refused while a rollout moves the share, and nothing is loaded for it', async () => {
    const { sluice, hotSwap, register } = hotSwapWorld();
    for (const version of ['1.0.0', '2.0.0', '3.0.0']) await register(version);
    await sluice.rollouts.startRollout(C, { strategy: 'canary', toVersion: '2.0.0', unvalidated: true });
    await expect(hotSwap.swapTo(C, '3.0.0')).rejects.toMatchObject({ code: 'conflict' });
    expect(Model.made.map(({ version }) => version)).not.toContain('3.0.0');
  });
});

describe('a rollout of a version', () => {
  const CANARY = { strategy: 'percentage', stages: [50, 100], toVersion: '2.0.0', unvalidated: true, bakeMs: 10_000 } as const;

  it('loads the version before anybody gets it, keeps both warm on the way, and lets the old one go at the end', async () => {
    const { clock, sluice, register, hotSwap, stateOf } = hotSwapWorld();
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
    const { sluice, register, served, stateOf, clock } = hotSwapWorld();
    await register('1.0.0');
    await register('2.0.0');
    await sluice.rollouts.startRollout(C, CANARY);
    await sluice.rollouts.abortRollout(C);
    await clock.advance(0);
    expect([await served(), stateOf('2.0.0')?.state]).toEqual(['1.0.0', 'disposed']);
  });

  it('fails its preflight when the version does not load, is not healthy or has no loader where others have', async () => {
    const { sluice, hotSwap, register } = hotSwapWorld();
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

  it('fails its preflight when the stable version, which a kill would give, does not load here', async () => {
    const { sluice, hotSwap, register } = hotSwapWorld();
    await hotSwap.registerVersion(C, '1.0.0', (): Model => {
      throw new Error('no such file');
    });
    await register('2.0.0');
    const { error } = await sluice.rollouts.startRollout(C, { ...CANARY, toVersion: '2.0.0' });
    expect(error).toMatch(/^the way back does not work: .*1\.0\.0 cannot be loaded: .*no such file/);
    expect(hotSwap.versions(C).map(({ servedPercentage }) => servedPercentage)).toEqual([100, 0]);
  });

  it('ends nothing that runs for a version that does not load, is not healthy, or leaves no way back', async () => {
    const { sluice, hotSwap, register } = hotSwapWorld();
    await register('1.0.0');
    await register('2.0.0');
    await hotSwap.registerVersion(C, '3.0.0', (): Model => {
      throw new Error('no model file');
    });
    await hotSwap.registerVersion(C, '4.0.0', () => new Model('4.0.0'), { healthCheck: async () => false });
    await sluice.rollouts.startRollout(C, CANARY);
    for (const [toVersion, why] of [
      ['3.0.0', 'no model file'],
      ['4.0.0', 'not healthy'],
    ] as const)
      await expect(sluice.rollouts.startRollout(C, { ...CANARY, toVersion, onConflict: 'supersede' })).rejects.toThrow(
        new RegExp(`${why}.*; what runs goes on`),
      );
    expect(sluice.rollouts.getRolloutStatus(C)).toMatchObject({ phase: 'baking', number: 1, currentPercentage: 50 });
    await register('5.0.0');
    const next = await sluice.rollouts.startRollout(C, { ...CANARY, toVersion: '5.0.0', onConflict: 'supersede' });
    expect(next).toMatchObject({ phase: 'baking', number: 2 });
  });
});
