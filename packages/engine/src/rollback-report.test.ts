import { describe, expect, it } from 'vitest';
import { manualClock } from './clock/manual-clock.ts';
import { createSluice } from './sluice.ts';
import { memoryStore } from './store/memory-store.ts';

const MINUTE = 60_000;
const START = 1_700_000_000_000;

async function world(rolloutPercentage: number) {
  const clock = manualClock(START);
  const sluice = createSluice({ store: memoryStore(), clock });
  await sluice.flags.setFlag('f', { enabled: true, rolloutPercentage });
  const serve = (count: number): string[] =>
    Array.from({ length: count }, (_, i) => `u${i}`).filter((userId) => sluice.flags.isEnabled('f', { userId }));
  return { clock, sluice, serve, ...sluice };
}

describe('getRollbackReport', () => {
  it('of an automatic rollback has the figures, the units served and those that met an error', async () => {
    const { clock, rollouts, rollbacks, metrics, serve } = await world(0);
    await rollouts.startRollout('f', {
      strategy: 'percentage',
      stages: [10, 50],
      criteria: [{ metric: 'errorRate', max: 0.05 }],
      actor: 'ann',
      reason: 'launch | of <it>',
    });
    const served = serve(1000);
    for (const [index, unit] of served.entries()) {
      metrics.count('requests', { flag: 'f', variant: 'on', unit });
      if (index % 4 === 0) metrics.count('errors', { flag: 'f', variant: 'on', unit });
    }
    await clock.advance(2_000);
    const [entry] = await rollbacks.getRollbackHistory();
    expect(entry).toMatchObject({ strategy: 'automatic' });
    const report = await rollbacks.getRollbackReport(entry?.id ?? 0);
    expect(report).toMatchObject({
      strategy: 'automatic',
      fromPercentage: 10,
      toPercentage: 0,
      actor: 'sluice',
      rollout: { number: 1, startedBy: 'ann', startedAt: new Date(START) },
      exposed: { unitsWithError: Math.ceil(served.length / 4), stages: [{ stage: 0, percentage: 10 }] },
    });
    expect(report.evidence.verdicts).toMatchObject([{ criterion: 'errorRate', verdict: 'fail', samples: served.length }]);
    expect(Math.abs(report.exposed.units - served.length)).toBeLessThan(0.05 * served.length);
    expect(report.timeline.map(({ type }) => type)).toEqual([
      'rollout.started',
      'flag.updated',
      'rollout.advanced',
      'flag.updated',
      'rollout.rolledBack',
      'flag.updated',
    ]);
    expect(report.markdown).toContain('started by ann: launch \\| of &#60;it&#62;');
    expect(report.markdown).toContain('## Actions');
  });

  it('of a kill by hand names the rollout that it took back, and what happened since', async () => {
    const { clock, flags, rollouts, rollbacks, serve } = await world(0);
    await rollouts.startRollout('f', { strategy: 'canary', validate: () => true });
    await clock.advance(6 * MINUTE);
    const served = serve(2000);
    await clock.advance(MINUTE);
    const { id } = await rollbacks.rollbackImmediate('f', { reason: 'pager', actor: 'bob' });
    await flags.restoreFlag('f', { actor: 'ann', reason: 'false alarm' });
    const report = await rollbacks.getRollbackReport(id ?? 0);
    expect(report).toMatchObject({ strategy: 'immediate', actor: 'bob', reason: 'pager', fromPercentage: 5, toPercentage: 0 });
    expect(report.rollout).toMatchObject({ number: 1, strategy: 'canary' });
    expect(report.decidedAt).toEqual(new Date(START + 7 * MINUTE));
    expect(Math.abs(report.exposed.units - served.length)).toBeLessThan(10);
    expect(report.timeline.at(-1)).toMatchObject({ type: 'flag.restored', actor: 'ann' });
  });

  it('of a gradual one is done when its last stage is reached', async () => {
    const { clock, rollbacks } = await world(100);
    const { id } = await rollbacks.rollbackGradual('f', { reason: 'slow' });
    expect(await rollbacks.getRollbackReport(id ?? 0)).toMatchObject({ strategy: 'gradual', doneAt: null, rollout: null });
    await clock.advance(3 * MINUTE);
    const report = await rollbacks.getRollbackReport(id ?? 0);
    expect(report.doneAt).toEqual(new Date(START + 2 * MINUTE));
    expect(report.markdown).toContain('(2 min 0 s later)');
  });

  it('of a gradual one that was stopped on the way says where, as the history does', async () => {
    const { clock, flags, rollouts, rollbacks } = await world(100);
    const stop: Record<string, () => Promise<unknown>> = {
      abort: () => rollouts.abortRollout('f', { actor: 'bob', reason: 'enough' }),
      kill: () => flags.disableFlag('f', { actor: 'bob', reason: 'enough' }),
    };
    for (const how of ['abort', 'kill']) {
      await flags.setFlag('f', { enabled: true, rolloutPercentage: 100 });
      const { id } = await rollbacks.rollbackGradual('f', { reason: 'slow', stages: [75, 50, 0] });
      await clock.advance(MINUTE);
      expect(await rollbacks.getRollbackReport(id ?? 0)).toMatchObject({ stopped: null });
      await stop[how]?.();
      const entry = (await rollbacks.getRollbackHistory()).find(({ strategy }) => strategy === 'gradual');
      expect(entry).toMatchObject({ id, toPercentage: 0, stopped: { percentage: 50 } });
      const { stopped, markdown } = await rollbacks.getRollbackReport(id ?? 0);
      expect(stopped).toEqual(entry?.stopped);
      expect(markdown).toContain('100 % → 50 %, where it was stopped on the way to 0 %');
      expect(markdown).toMatch(/\| stopped \| .*bob/);
    }
  });

  it('of one to a version names both versions, and tells of no kill', async () => {
    const { hotSwap, rollbacks } = await world(0);
    for (const version of ['1.0.0', '2.0.0']) await hotSwap.registerVersion('c', version);
    await hotSwap.swapTo('c', '2.0.0');
    const { id } = await rollbacks.rollbackImmediate('c', { reason: 'bug', rollbackToVersion: '1.0.0' });
    const { versions, markdown } = await rollbacks.getRollbackReport(id ?? 0);
    expect(versions).toEqual({ from: '2.0.0', to: '1.0.0' });
    expect(markdown).toContain('| version | 2.0.0 → 1.0.0 |');
    expect(markdown).toContain('| share of other versions | 100 % → 0 % |');
    expect(markdown).not.toContain('off for everybody');
  });

  it('of a targeted one names the users, and without a rollout counts whom the flag ever served', async () => {
    const { rollbacks, serve } = await world(100);
    serve(40);
    const { id } = await rollbacks.rollbackTargeted('f', { reason: 'reports', userIds: ['u1', 'u2'] });
    const report = await rollbacks.getRollbackReport(id ?? 0);
    expect(report).toMatchObject({
      strategy: 'targeted',
      userIds: ['u1', 'u2'],
      rollout: null,
      exposed: { units: 40, stages: [] },
    });
    expect(report.markdown).toContain('| users | u1, u2 |');
    expect(report.markdown).toContain('since the flag was created');
  });

  it('says what an id is when it is none, and that there is no such rollback', async () => {
    const { rollbacks } = await world(100);
    for (const id of [0, 1.5, Number.NaN])
      await expect(rollbacks.getRollbackReport(id)).rejects.toMatchObject({ code: 'invalid' });
    for (const id of [1, 99]) await expect(rollbacks.getRollbackReport(id)).rejects.toThrow(`there is no rollback ${id}`);
  });
});
