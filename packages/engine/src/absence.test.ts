import { describe, expect, it } from 'vitest';
import { rolloutWorld } from './rollout-world.testing.ts';
import type { Sluice } from './sluice.ts';

const criteria = [{ metric: 'errorRate', max: 0.05 }];

/** One check-in of every host that is up: it asks for its variant and, unless that makes it crash, reports. */
function checkIn(sluice: Sluice, up: Set<string>, crashesOn: string | null): void {
  for (const userId of [...up]) {
    const variant = sluice.flags.getVariant('f', { userId }) ?? 'off';
    if (variant === crashesOn) up.delete(userId);
    else sluice.metrics.count('requests', { flag: 'f', variant, unit: userId });
  }
}
const hosts = (): Set<string> => new Set(Array.from({ length: 1_000 }, (_, index) => `host-${index}`));

describe('a change on which hosts crash before they can report an error', () => {
  it('is rolled back from their absence, with few hosts ever served', async () => {
    const { sluice, clock, start } = await rolloutWorld();
    const up = hosts();
    await start({ criteria, minExposures: 0 });
    for (let second = 0; second < 180; second += 10) {
      checkIn(sluice, up, 'on');
      await clock.advance(10_000);
    }
    const status = sluice.rollouts.getRolloutStatus('f');
    expect(status).toMatchObject({ phase: 'failed', currentPercentage: 0, error: expect.stringContaining('no errorRate for') });
    expect(1_000 - up.size).toBeLessThanOrEqual(20);
    const [rollback] = await sluice.rollbacks.getRollbackHistory({ flag: 'f' });
    expect(rollback?.detail).toMatchObject({ cause: 'harm', verdicts: [{ verdict: 'fail', cause: 'absence' }] });
  });

  it('is held, and not rolled back, when nobody reports, and goes on when all report', async () => {
    const silent = await rolloutWorld();
    await silent.start({ criteria, minExposures: 0 });
    for (let second = 0; second < 300; second += 10) {
      for (const userId of hosts()) silent.sluice.flags.isEnabled('f', { userId });
      await silent.clock.advance(10_000);
    }
    expect(silent.sluice.rollouts.getRolloutStatus('f')).toMatchObject({ phase: 'held', state: { reason: 'noData' } });
    const well = await rolloutWorld();
    const up = hosts();
    await well.start({ criteria, minExposures: 0, bakeMs: 30_000 });
    for (let second = 0; second < 300; second += 10) {
      checkIn(well.sluice, up, null);
      await well.clock.advance(10_000);
    }
    expect(well.phase()).toBe('completed');
  });

  it('is rolled back at its first requests when all of them fail', async () => {
    const { sluice, clock, start, phase } = await rolloutWorld();
    await start({ strategy: 'percentage', stages: [50, 100], criteria });
    const fail = (userId: string): void => {
      const labels = { flag: 'f', variant: 'on', unit: userId };
      sluice.metrics.count('requests', labels);
      sluice.metrics.count('errors', labels);
    };
    await clock.advance(2_000);
    for (let request = 0; request < 4; request++) fail(`u${request}`);
    await clock.advance(2_000);
    expect(phase()).toBe('baking');
    fail('u5');
    await clock.advance(1_000);
    expect(sluice.rollouts.getRolloutStatus('f')).toMatchObject({
      phase: 'failed',
      verdicts: [{ cause: 'breakage', samples: 5 }],
    });
  });
});
