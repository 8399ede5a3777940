/** Two servers over one database with a test and a rollout, for what processes that evaluate by themselves send to them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ManualClock, manualClock } from '../clock/manual-clock.ts';
import { createSluice, type Sluice } from '../sluice.ts';
import { sqliteStore } from '../store/sql/sqlite-store.ts';
import type { Store } from '../store/store.ts';

export const START = 1_750_000_000_000;
export const open: { close(): Promise<void> }[] = [];
const folders: string[] = [];

/** After each test. */
export async function closeAll(): Promise<void> {
  await Promise.all(open.splice(0).map((one) => one.close()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
}

export function sluiceOn(store: Store, clock: ManualClock): Sluice {
  const sluice = createSluice({ store, clock });
  open.push(sluice);
  return sluice;
}

/** One test `t` with a covariate and a window, and one rollout of `r`. */
export async function setUp(sluice: Sluice): Promise<void> {
  await sluice.ready;
  const trackedMetrics = [
    { name: 'latency', covariate: true },
    { name: 'clicks', aggregation: 'sum', windowDays: 1 },
  ] as const;
  await sluice.abTests.createTest({
    ...{ testId: 't', controlComponent: 'a', treatmentComponent: 'b', trafficSplit: 0.3 },
    trackedMetrics,
    dimensions: ['plan'],
  });
  await sluice.abTests.startTest('t');
  await sluice.flags.setFlag('r', { enabled: true, rolloutPercentage: 0 });
  await sluice.rollouts.startRollout('r', {
    strategy: 'canary',
    unvalidated: true,
    stages: [{ percentage: 30, bakeMs: 3_600_000 }],
  });
}

export async function replicas(): Promise<{ clock: ManualClock; all: Sluice[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-sent-'));
  folders.push(folder);
  const clock = manualClock(START);
  const all = [0, 1].map(() => sluiceOn(sqliteStore({ file: join(folder, 'db') }), clock));
  await setUp(all[0] as Sluice);
  await all[1]?.ready;
  await all[1]?.flags.runtime.store.refresh();
  return { clock, all };
}
