/** What goes on after the story, for whoever looks at the page: a canary that moves, one that waits for a person, and a test that runs for days. */
import type { SluiceClient } from '@sluice/client';
import { SluiceError } from 'sluice';
import { pause } from '../waiting.ts';
import { LONG_TEST } from './assign-by-connection.ts';
import { KNOWLEDGE, PATTERNS } from './refinements.ts';
import { SCOPE } from './staff.ts';
import { testSettings } from './story/experiment.ts';
import type { World } from './world.ts';

const JUDGED = [
  { metric: 'errorRate', versusControl: 1.2 },
  { metric: 'p95', max: 500, minSamples: 20 },
] as const;
const BAKE_MS = 20_000;
const WEEK_DAYS = 7;
/** How long everybody has the flag before it begins anew. */
const REST_MS = 30_000;
const LOOK_MS = 2_000;

/** Starts all three. The flags are as the story left them. */
export async function beginMotion({ staff: { engineer } }: World): Promise<void> {
  await beginCanary(engineer, 'what a kill took is rolled out again');
  await engineer.rollouts.start({
    ...SCOPE,
    flag: KNOWLEDGE,
    settings: {
      strategy: 'percentage',
      stages: [5, 10, 25, 50, 100],
      bakeMs: 5_000,
      minExposures: 20,
      criteria: JUDGED,
      autoAdvance: false,
    },
    reason: 'people want to know who wrote what',
  });
  await engineer.experiments.create({
    ...SCOPE,
    settings: testSettings(LONG_TEST, WEEK_DAYS),
    reason: 'the same over a whole week',
  });
  await engineer.experiments.start({ ...SCOPE, test: LONG_TEST, reason: 'weekends count, too' });
}

async function beginCanary(engineer: SluiceClient, reason: string): Promise<void> {
  // A kill is undone by hand: to nobody, and from there by a rollout.
  await engineer.flags.set({ ...SCOPE, key: PATTERNS, settings: { enabled: true, rolloutPercentage: 0 }, reason });
  const settings = { strategy: 'canary', bakeMs: BAKE_MS, minExposures: 20, criteria: JUDGED } as const;
  await engineer.rollouts.start({ ...SCOPE, flag: PATTERNS, settings, reason });
}

/** The canary begins anew when it has reached everybody; one that somebody took back stays so. Ends when `signal` says. */
export async function keepMoving({ staff: { engineer } }: World, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await pause(LOOK_MS, undefined, { signal }).catch(() => {});
    const status = await engineer.rollouts.status({ ...SCOPE, flag: PATTERNS }).catch(isAway);
    if (status?.phase !== 'completed') continue;
    await pause(REST_MS, undefined, { signal }).catch(() => {});
    if (!signal.aborted) await beginCanary(engineer, 'once more, for whoever looks').catch(isAway);
  }
}

/** Whoever looks at the page may do everything: what they did stands, and what is refused for it is left. */
function isAway(error: unknown): null {
  if (error instanceof SluiceError) return null;
  throw error;
}
