/**
 * CrowdStrike, 19 July 2024: a content file that crashed every host that took it went to all of them at once, 8.5 million.
 * Rings open one after the other, and a ring whose hosts have fallen silent does not count as one that is well: it holds. Where a share of the
 * hosts gets it and the others go on reporting, that silence is harm and rolls back.
 */
import { createSluice, manualClock, memoryStore, type Unit } from 'sluice';
import { expect, it } from 'vitest';
import { HOUR, MINUTE, START } from './incident.testing.ts';

const HOSTS = 1_000;
const INTERNAL = 10;
const BETA = 100;
const CHECK_IN_MS = MINUTE;

const hosts = inRings();

function inRings(): Unit[] {
  const groupOf = (index: number): string[] => (index < INTERNAL ? ['internal'] : index < INTERNAL + BETA ? ['beta'] : []);
  return Array.from({ length: HOSTS }, (_, index) => ({ userId: `host-${index}`, groups: groupOf(index) }));
}

/** Six hours of hosts that look for new content at each check-in and then report; those that `crash` on it never do either again. */
async function hoursOf(crashes: boolean, strategy: 'ring' | 'canary' = 'ring') {
  const clock = manualClock(START);
  const { flags, rollouts, metrics } = createSluice({ store: memoryStore(), clock });
  await flags.setFlag('channel_291', { enabled: true, rolloutPercentage: 0 });
  await rollouts.startRollout('channel_291', {
    strategy,
    bakeMs: HOUR,
    minExposures: 5,
    tickMs: CHECK_IN_MS,
    criteria: [{ metric: 'mean(checked_in)', min: 1, minSamples: 5 }],
  });
  const took = new Set<unknown>();
  for (let passed = 0; passed < 6 * HOUR; passed += CHECK_IN_MS) {
    for (const host of hosts) {
      if (crashes && took.has(host.userId)) continue;
      const isNew = flags.isEnabled('channel_291', host);
      if (isNew) took.add(host.userId);
      if (!(crashes && isNew))
        metrics.observe('checked_in', 1, { flag: 'channel_291', variant: isNew ? 'on' : 'off', unit: String(host.userId) });
    }
    await clock.advance(CHECK_IN_MS);
    const phase = rollouts.getRolloutStatus('channel_291')?.phase;
    if (phase === 'completed' || phase === 'failed') break;
  }
  return { took: took.size, status: rollouts.getRolloutStatus('channel_291') };
}

it('reaches the hosts of the first ring and none besides when all of those fall silent', async () => {
  const { took, status } = await hoursOf(true);
  expect(took).toBe(INTERNAL);
  expect(status).toMatchObject({ phase: 'held', state: { reason: 'noData' }, waitingFor: expect.stringContaining('checked_in') });
});

it('takes back what one host in a hundred was given, when those fall silent and the others report', async () => {
  const { took, status } = await hoursOf(true, 'canary');
  expect(took).toBeGreaterThan(0);
  expect(took).toBeLessThan((2 * HOSTS) / 100);
  expect(status).toMatchObject({
    phase: 'failed',
    currentPercentage: 0,
    error: expect.stringContaining('no mean(checked_in) for'),
  });
});

it('reaches everybody when they go on reporting', async () => {
  expect(await hoursOf(false)).toMatchObject({ took: HOSTS, status: { phase: 'completed' } });
});
