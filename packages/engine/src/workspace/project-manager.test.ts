import { describe, expect, it } from 'vitest';
import { createSluice } from '../sluice.ts';
import { memoryStore } from '../store/memory-store.ts';
import { openWorld, shopWorld, WHY } from './workspace.testing.ts';

describe('projects', () => {
  it('are made once, listed, renamed, and get environments', async () => {
    const { workspace } = await shopWorld();
    await expect(workspace.projects.create({ key: 'shop' })).rejects.toMatchObject({ code: 'conflict' });
    await workspace.projects.create({ key: 'app', name: 'The app' });
    expect(workspace.projects.list().map(({ key, name }) => [key, name])).toEqual([
      ['app', 'The app'],
      ['shop', 'shop'],
    ]);
    await workspace.projects.rename('shop', 'The shop');
    expect(workspace.projects.get('shop')).toMatchObject({ name: 'The shop', revision: 2 });
    expect(() => workspace.projects.get('moon')).toThrow('project "moon" does not exist');
    await expect(workspace.projects.addEnvironment('moon', { key: 'a' })).rejects.toMatchObject({ code: 'notFound' });
    const alike = workspace.projects.addEnvironment('shop', { key: 'Production' });
    await expect(alike).rejects.toThrow('has an environment "production", which people would take for "Production"');
    await expect(workspace.projects.create({ key: '*' })).rejects.toMatchObject({ code: 'invalid', issues: [{ path: '/key' }] });
  });

  it('have every flag in every environment, in a new one too, disabled and in one commit', async () => {
    const { workspace, store } = await shopWorld();
    await workspace.define('shop', 'checkout', {
      type: 'string',
      variants: { old: 'a', new: 'b' },
      offVariant: 'old',
      onVariant: 'new',
    });
    await workspace.environment('shop', 'staging').flags.setFlag('search', { enabled: true, description: 'finds' });
    const commits: number[] = [];
    store.follow(({ records }) => commits.push(records.length));
    await workspace.projects.addEnvironment('shop', { key: 'preview' });
    expect(commits).toEqual([3]);
    const { flags } = workspace.environment('shop', 'preview');
    expect(flags.getFlag('checkout')).toMatchObject({ status: 'disabled', onVariant: 'new', variants: { old: 'a', new: 'b' } });
    expect(flags.getFlag('search')).toMatchObject({ status: 'disabled', rolloutPercentage: 0, description: 'finds' });
    for (const environment of ['development', 'production'])
      expect(workspace.environment('shop', environment).flags.getFlag('search')).toMatchObject({ status: 'disabled' });
  });

  it('take over the flags that a program has kept in the same store', async () => {
    const store = memoryStore();
    const program = createSluice({ store, scope: { project: 'shop', environment: 'production' } });
    await program.flags.setFlag('checkout', { enabled: true, rolloutPercentage: 40 });
    const { workspace } = await openWorld(store);
    await workspace.projects.create({ key: 'shop' });
    expect(workspace.environment('shop', 'production').flags.getFlag('checkout')?.servedPercentage).toBe(40);
    expect(workspace.environment('shop', 'staging').flags.getFlag('checkout')?.status).toBe('disabled');
  });
});

describe('a definition', () => {
  it('is changed in all environments in one commit, whichever is asked', async () => {
    const { workspace, store } = await shopWorld();
    const made = await workspace.define('shop', 'checkout', { description: 'first', owner: 'web' }, WHY);
    expect(Object.keys(made)).toEqual(['development', 'staging', 'production']);
    const commits: string[][] = [];
    store.follow(({ events }) => commits.push(events.map(({ type, scope }) => `${type} ${scope.environment}`)));
    await workspace.define('shop', 'checkout', { description: 'second' }, WHY);
    await workspace.environment('shop', 'staging').flags.setFlag('checkout', { tags: ['x'] }, WHY);
    await workspace.environment('shop', 'staging').flags.setFlag('checkout', { enabledUsers: ['ann'] });
    const updated = (environment: string): string => `flag.updated ${environment}`;
    expect(commits).toEqual([
      ['development', 'staging', 'production'].map(updated),
      ['staging', 'development', 'production'].map(updated),
      [updated('staging')],
    ]);
    for (const environment of ['development', 'staging', 'production'])
      expect(workspace.environment('shop', environment).flags.getFlag('checkout')).toMatchObject({
        description: 'second',
        owner: 'web',
        tags: ['x'],
      });
  });

  it('is refused whole when one environment refuses it, naming that', async () => {
    const { workspace, store } = await shopWorld();
    await workspace.define('shop', 'checkout', {}, WHY);
    const { flags, rollouts } = workspace.environment('shop', 'staging');
    await flags.setFlag('checkout', { enabled: true, rolloutPercentage: 0 });
    await rollouts.startRollout('checkout', { strategy: 'canary', unvalidated: true });
    const before = (await store.read()).records;
    const variants = { off: 0, on: 1, more: 2 };
    await expect(workspace.define('shop', 'checkout', { variants }, WHY)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/^nothing was changed: in "staging", flag "checkout": its share/),
    });
    const development = workspace.environment('shop', 'development').flags;
    await expect(development.setFlag('checkout', { variants }, WHY)).rejects.toMatchObject({ code: 'conflict' });
    expect((await store.read()).records).toEqual(before);
  });

  it('is decided again when another replica was first', async () => {
    const store = memoryStore();
    const [one, other] = [await shopWorld(store), await openWorld(store)];
    await one.workspace.define('shop', 'checkout', {}, WHY);
    await Promise.all([
      ...Array.from({ length: 5 }, (_, i) => one.workspace.define('shop', 'checkout', { description: `one ${i}` }, WHY)),
      ...Array.from({ length: 5 }, (_, i) => other.workspace.define('shop', 'checkout', { tags: [`t${i}`] }, WHY)),
    ]);
    for (const environment of ['development', 'staging', 'production'])
      expect(one.workspace.environment('shop', environment).flags.getFlag('checkout')).toMatchObject({
        description: 'one 4',
        tags: ['t4'],
        revision: 11,
      });
  });

  it('goes out of use in all environments at once', async () => {
    const { workspace } = await shopWorld();
    await workspace.define('shop', 'checkout', {}, WHY);
    await expect(workspace.projects.archiveFlag('shop', 'checkout', {})).rejects.toMatchObject({ code: 'invalid' });
    const archived = await workspace.projects.archiveFlag('shop', 'checkout', WHY);
    expect(Object.values(archived).map(({ isArchived }) => isArchived)).toEqual([true, true, true]);
  });
});

describe('two environments', () => {
  it('are compared, and a flag is copied part by part', async () => {
    const { workspace } = await shopWorld();
    await workspace.define('shop', 'checkout', {}, WHY);
    const [development, staging] = ['development', 'staging'].map((key) => workspace.environment('shop', key).flags);
    await development?.setFlag('checkout', { enabled: true, rolloutPercentage: 30, conditions: { plan: 'pro' } });
    const pair = { from: 'development', to: 'staging' };
    const fields = (): string[] =>
      workspace.projects.compare('shop', pair).flatMap(({ differences }) => differences.map(({ field }) => field));
    expect(fields()).toEqual(['conditions', 'status', 'share']);
    await workspace.projects.copyFlag('shop', 'checkout', { ...pair, parts: ['targeting'] });
    expect(fields()).toEqual(['status', 'share']);
    await workspace.projects.copyFlag('shop', 'checkout', pair);
    expect(fields()).toEqual([]);
    expect(staging?.getFlag('checkout')).toMatchObject({
      status: 'percentage',
      rolloutPercentage: 30,
      conditions: { plan: 'pro' },
    });
    await expect(workspace.projects.copyFlag('shop', 'moon', pair)).rejects.toMatchObject({ code: 'notFound' });
    const parts = ['all'] as never;
    await expect(workspace.projects.copyFlag('shop', 'checkout', { ...pair, parts })).rejects.toMatchObject({ code: 'invalid' });
  });

  it('do not lend one another what a segment is that only one of them has', async () => {
    const { workspace } = await shopWorld();
    await workspace.define('shop', 'checkout', {}, WHY);
    const { flags } = workspace.environment('shop', 'development');
    await flags.setSegment('testers', { members: ['ann'] });
    await flags.setFlag('checkout', { rules: [{ if: { in_segment: 'testers' }, variant: 'on' }] });
    const copied = workspace.projects.copyFlag('shop', 'checkout', { from: 'development', to: 'staging', parts: ['targeting'] });
    await expect(copied).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('testers') });
  });

  it('keep a share out of a protected one', async () => {
    const { workspace } = await shopWorld();
    await workspace.define('shop', 'checkout', {}, WHY);
    await workspace.environment('shop', 'staging').flags.enableFlag('checkout');
    const pair = { from: 'staging', to: 'production', ...WHY };
    await expect(workspace.projects.copyFlag('shop', 'checkout', pair)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('a share rises past 1 % only by a rollout'),
    });
    await expect(
      workspace.projects.copyFlag('shop', 'checkout', { from: 'staging', to: 'production', parts: ['targeting'] }),
    ).resolves.toMatchObject({ status: 'disabled' });
  });
});
