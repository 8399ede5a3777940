import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { manualClock } from './clock/manual-clock.ts';
import { rolloutWorld, START } from './rollout-world.testing.ts';
import { createSluice } from './sluice.ts';
import { memoryStore } from './store/memory-store.ts';

describe('a kill in the file', () => {
  it('is not undone by what somebody asks of the rollout afterwards', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'sluice-'));
    for (const call of ['approveStage', 'promoteRollout', 'abortRollout', 'resumeRollout'] as const) {
      const file = join(directory, `${call}.json`);
      const clock = manualClock(START);
      const { flags, rollouts, close } = createSluice({ file, clock });
      await flags.setFlag('f', { enabled: true, rolloutPercentage: 0 });
      await rollouts.startRollout('f', { strategy: 'canary', unvalidated: true, autoAdvance: false, bakeMs: 1_000 });
      await clock.advance(5_000);
      if (call === 'resumeRollout') {
        await flags.setRolloutPercentage('f', 90, { force: true });
        await clock.advance(1_000);
      }
      writeFileSync(file, readFileSync(file, 'utf8').replace(/"status": ?"percentage"/, '"status": "disabled"'));
      await rollouts[call]('f').catch(() => {});
      expect(flags.getFlag('f')?.status, call).toBe('disabled');
      expect(rollouts.getRolloutStatus('f')?.phase, call).toBe('aborted');
      await close();
    }
    rmSync(directory, { recursive: true });
  });
});

describe('a start that is refused', () => {
  it('leaves the validator of the rollout that runs', async () => {
    const { clock, share, start } = await rolloutWorld();
    await start({ bakeMs: 5_000, validate: () => true });
    await expect(start({ validate: () => false })).rejects.toMatchObject({ code: 'conflict' });
    await clock.advance(8_000);
    expect(share()).toBe(5);
  });

  it('ends nothing when it would have superseded: no validator, no source, or a plan that fails preflight', async () => {
    const { sluice, start } = await rolloutWorld();
    await start({ unvalidated: true });
    const criteria = [{ metric: 'errorRate', max: 0.1, source: 'nowhere' }];
    const refused = [{ validatorName: 'typo' }, { criteria }, { validate: 5 as never }, { unvalidated: true, stages: [5, 3] }];
    for (const options of refused) await expect(start({ ...options, onConflict: 'supersede' })).rejects.toThrow('f');
    expect(sluice.rollouts.getRolloutStatus('f')).toMatchObject({ number: 1, phase: 'baking', currentPercentage: 1 });
  });

  it('names what is no object or no option', async () => {
    const { sluice } = await rolloutWorld();
    await expect(sluice.rollouts.startRollout('f', null as never)).rejects.toMatchObject({ code: 'invalid' });
    await expect(sluice.rollouts.pauseRollout('f', { reson: 'x' } as never)).rejects.toThrow('/reson is not an option');
    for (const call of ['rollbackImmediate', 'rollbackGradual', 'rollbackTargeted'] as const) {
      await expect(sluice.rollbacks[call]('f', null as never)).rejects.toMatchObject({ code: 'invalid' });
      await expect(sluice.rollbacks[call]('f', { reason: 'r', userids: ['a'] } as never)).rejects.toThrow(
        '/userids is not an option',
      );
    }
    await expect(sluice.rollbacks.rollbackTargeted('f', { reason: 'r', userIds: [{}] as never })).rejects.toThrow('/userIds/0');
    expect(await sluice.rollbacks.rollbackTargeted('f', { reason: 'r', userIds: [42] })).toMatchObject({ changed: true });
    expect(sluice.flags.getFlag('f')?.disabledUsers).toEqual(['42']);
  });
});

describe('a rollout that supersedes', () => {
  it('is one commit: an edit by hand does not get in between, and the end says by whom and why', async () => {
    const { sluice, share, start } = await rolloutWorld(3);
    const superseded: unknown[] = [];
    sluice.on('rollout.superseded', (event) => superseded.push(event.record));
    await start({ unvalidated: true });
    const next = start({ unvalidated: true, onConflict: 'supersede', actor: 'ann', reason: 'a fix' });
    const hand = sluice.flags.enableFlag('f');
    expect((await Promise.allSettled([next, hand])).map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(sluice.rollouts.getRolloutStatus('f')).toMatchObject({ number: 2, phase: 'baking' });
    expect(share()).toBe(5);
    expect(superseded).toMatchObject([
      { number: 1, phase: { name: 'superseded', message: 'superseded by ann: a rollout of "f" takes over: a fix' } },
    ]);
  });

  it('takes a gradual rollback over where that is, and a test from 0 %', async () => {
    const { sluice, share, start } = await rolloutWorld(90);
    await sluice.rollbacks.rollbackGradual('f', { reason: 'r', stages: [30, 0] });
    await start({ unvalidated: true, onConflict: 'supersede' });
    expect(share()).toBe(50);
    await sluice.abTests.createTest({ testId: 't', controlComponent: 'a', treatmentComponent: 'b' });
    await sluice.abTests.startTest('t');
    const status = await sluice.rollouts.startRollout('t', { strategy: 'canary', unvalidated: true, onConflict: 'supersede' });
    expect(status).toMatchObject({ phase: 'baking', currentPercentage: 1 });
    expect(sluice.abTests.getTest('t')).toMatchObject({ phase: 'stopped' });
  });
});

describe('a gradual rollback', () => {
  it('takes the groups of a ring out, though there is no share to take down', async () => {
    const { sluice, clock, phase, start } = await rolloutWorld();
    await start({ strategy: 'ring', unvalidated: true });
    const insider = { userId: 'x', groups: ['internal'] };
    expect(sluice.flags.isEnabled('f', insider)).toBe(true);
    const rollback = await sluice.rollbacks.rollbackGradual('f', { reason: 'bad', stages: [50, 20] });
    expect(rollback).toMatchObject({ changed: true, toPercentage: 0 });
    expect(sluice.flags.isEnabled('f', insider)).toBe(false);
    await clock.advance(2_000);
    expect(phase()).toBe('rolled_back');
  });

  it('is stopped, and not completed, when it was aborted or replaced on the way', async () => {
    const { sluice, clock } = await rolloutWorld(100);
    const first = await sluice.rollbacks.rollbackGradual('f', { reason: 'r' });
    await sluice.rollouts.abortRollout('f');
    expect(await first.completed()).toMatchObject({ status: 'stopped', toPercentage: 75 });
    const second = await sluice.rollbacks.rollbackGradual('f', { reason: 'r' });
    await sluice.rollbacks.rollbackImmediate('f', { reason: 'now' });
    expect(await second.completed()).toMatchObject({ status: 'stopped', toPercentage: 0 });
    await clock.advance(0);
  });
});

describe('harm', () => {
  it('in any variant of a split is harm', async () => {
    const { sluice, clock, phase, start } = await rolloutWorld();
    await sluice.flags.setFlag('f', {
      variants: { off: 0, a: 1, b: 2 },
      offVariant: 'off',
      onVariant: 'a',
      split: { a: 50, b: 50 },
    });
    await start({ strategy: 'percentage', stages: [50, 100], minExposures: 100, criteria: [{ metric: 'errorRate', max: 0.1 }] });
    for (let user = 0; user < 1_000; user++) sluice.flags.getVariant('f', { userId: `u${user}` });
    await clock.advance(1_000);
    expect(sluice.rollouts.getRolloutStatus('f')?.exposures).toBeGreaterThan(450);
    const count = (name: string, variant: string): void => sluice.metrics.count(name, { flag: 'f', variant }, 100);
    for (const variant of ['a', 'b']) count('requests', variant);
    count('errors', 'b');
    await clock.advance(2_000);
    expect(phase()).toBe('failed');
  });

  it('gives back what was before, and not the base of the stages: a move to a variant restores the on variant for all', async () => {
    const { sluice, clock, start } = await rolloutWorld();
    await sluice.flags.setFlag('f', { variants: { off: 0, v1: 1, v2: 2 }, offVariant: 'off', onVariant: 'v1' });
    await sluice.flags.enableFlag('f');
    await start({ toVariant: 'v2', bakeMs: 1_000, validate: () => false });
    expect(sluice.flags.getVariant('f', { userId: 'u' })).toBe('v1');
    await clock.advance(4_000);
    expect(sluice.flags.getFlag('f')).toMatchObject({ status: 'enabled', onVariant: 'v1', offVariant: 'off' });
  });
});

describe('the units of a stage', () => {
  it('are warned of when a ring reached far more than its share, or nobody, whatever the share from before serves', async () => {
    const large = await rolloutWorld();
    await large.start({ strategy: 'ring', bakeMs: 5_000, unvalidated: true });
    for (let user = 0; user < 1_000; user++)
      large.sluice.flags.isEnabled('f', { userId: `u${user}`, groups: user % 2 === 0 ? [] : ['internal'] });
    await large.clock.advance(8_000);
    expect(large.sluice.rollouts.getRolloutStatus('f')?.warnings.at(-1)).toContain('reached 50 %');
    const nobody = await rolloutWorld(30);
    await nobody.start({ strategy: 'ring', bakeMs: 5_000, unvalidated: true });
    for (let user = 0; user < 1_000; user++) nobody.sluice.flags.isEnabled('f', { userId: `u${user}` });
    await nobody.clock.advance(8_000);
    expect(nobody.sluice.rollouts.getRolloutStatus('f')?.warnings.at(-1)).toContain('reached nobody');
  });

  it('are counted anew in each stage, and never those who got the off variant', async () => {
    const { sluice, clock, start } = await rolloutWorld();
    await start({ strategy: 'percentage', stages: [50, 90, 100], bakeMs: 2_000, unvalidated: true });
    for (let user = 0; user < 1_000; user++) sluice.flags.isEnabled('f', { userId: `u${user}` });
    await clock.advance(1_000);
    const { exposures = 0 } = sluice.rollouts.getRolloutStatus('f') ?? {};
    expect(exposures).toBeGreaterThan(440);
    expect(exposures).toBeLessThan(560);
    await clock.advance(2_000);
    expect(sluice.rollouts.getRolloutStatus('f')).toMatchObject({ currentPercentage: 90, exposures: 0 });
  });

  it('are those of the bucketing attribute, whose odd values are no units and stop nobody', async () => {
    const { sluice, clock, start } = await rolloutWorld();
    await sluice.flags.setFlag('f', { bucketBy: 'tenant' });
    await start({ strategy: 'percentage', stages: [50, 100], unvalidated: true });
    const odd = [{}, 'x'.repeat(10_000_000), null, Number.NaN];
    for (const tenant of odd) expect(sluice.flags.isEnabled('f', { userId: 'u', attributes: { tenant } })).toBe(false);
    await sluice.flags.setFlag('g', { enabled: true, rolloutPercentage: 50, bucketBy: 'toString' });
    expect(sluice.flags.evaluate('g', { userId: 'u', attributes: {} }, false)).toMatchObject({
      errorCode: 'TARGETING_KEY_MISSING',
    });
    let reads = 0;
    const hostile = {
      get attributes(): Record<string, string> {
        if (++reads > 1) throw new Error('second read');
        return { tenant: 'acme' };
      },
    };
    expect(() => sluice.flags.isEnabled('f', hostile)).not.toThrow();
    for (let tenant = 0; tenant < 200; tenant++) sluice.flags.isEnabled('f', { attributes: { tenant: `t${tenant}` } });
    await clock.advance(1_000);
    expect(sluice.rollouts.getRolloutStatus('f')?.exposures).toBeGreaterThan(60);
  });
});

it('waits for the approval that the last stage asks for, which any process may give', async () => {
  const store = memoryStore();
  const { clock, sluice, start } = await rolloutWorld(0, store);
  await start({
    unvalidated: true,
    strategy: 'percentage',
    stages: [50, { percentage: 100, approval: 'manual' }],
    bakeMs: 1_000,
  });
  await clock.advance(6_000);
  expect(sluice.rollouts.getRolloutStatus('f')).toMatchObject({ phase: 'awaiting_approval', currentPercentage: 100 });
  await createSluice({ store, clock }).rollouts.approveStage('f', { reason: 'looks good' });
  expect(sluice.rollouts.getRolloutStatus('f')).toMatchObject({ phase: 'completed' });
});

it('counts whom every process served, and not only the one that drives', async () => {
  const store = memoryStore();
  const { sluice, clock, start, share } = await rolloutWorld(0, store);
  const other = createSluice({ store, clock });
  await start({ unvalidated: true, minExposures: 20, stages: [50, 100], strategy: 'percentage', bakeMs: 1_000 });
  await clock.advance(30_000);
  expect(share()).toBe(50);
  for (let index = 0; index < 100; index++) other.flags.isEnabled('f', { userId: `u${index}` });
  await clock.advance(10_000);
  expect(sluice.rollouts.getRolloutStatus('f')).toMatchObject({ phase: 'finalizing' });
});
