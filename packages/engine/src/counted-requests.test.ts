/** A change that is compared with the control by requests that another system counts. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { manualClock } from './clock/manual-clock.ts';
import type { EventCount, MeasuredRange, MetricSource } from './metrics/metric-source.ts';
import { createSluice, type Sluice } from './sluice.ts';
import { fileStore } from './store/file-store.ts';
import { memoryStore } from './store/memory-store.ts';
import type { Store } from './store/store.ts';

const PLAN = {
  strategy: 'percentage',
  stages: [20, 50],
  bakeMs: 240_000,
  minExposures: 0,
  criteria: [{ metric: 'errorRate', source: 'gateway', versusControl: 1.2 }],
} as const;

/** Counts so many errors of 1000 requests a minute of the change, and of 4000 beside it; remembers what it was asked for. */
function gateway(errors: { on: number; off: number }) {
  const asked: MeasuredRange[] = [];
  let problem: EventCount | null = null;
  const source: MetricSource = {
    measure: (_query, { to }) => ({ kind: 'value', value: 0.01, samples: 1000, at: to }),
    countEvents: (_query, range) => {
      asked.push(range);
      const minutes = (range.to - range.from) / 60_000;
      const isNew = range.variant === 'on';
      const counts = { requests: (isNew ? 1000 : 4000) * minutes, events: (isNew ? errors.on : errors.off) * minutes };
      return problem ?? { kind: 'counts', requests: Math.round(counts.requests), events: Math.round(counts.events) };
    },
  };
  const answerWith = (answer: EventCount | null): void => {
    problem = answer;
  };
  return { source, asked, answerWith };
}

const START = 1_700_000_000_000;

async function world(source: MetricSource, store: Store = memoryStore(), clock = manualClock(START)) {
  const sluice: Sluice = createSluice({ store, clock });
  sluice.rollouts.addMetricSource('gateway', source);
  if (sluice.flags.getFlag('f') === undefined) await sluice.flags.setFlag('f', { enabled: true, rolloutPercentage: 0 });
  return { sluice, clock, status: () => sluice.rollouts.getRolloutStatus('f') };
}

describe('a comparison by counted requests', () => {
  it('takes a worse change back, and says that requests were compared', async () => {
    const { sluice, clock, status } = await world(gateway({ on: 40, off: 40 }).source);
    await sluice.rollouts.startRollout('f', PLAN);
    await clock.advance(180_000);
    expect(status()).toMatchObject({
      phase: 'failed',
      error: expect.stringMatching(/^raw requests, not units: \d+ of \d+ met an error on the change and \d+ of \d+ beside it/),
      verdicts: [{ cause: 'comparison', comparedBy: 'requests', logE: expect.any(Number) }],
    });
  });

  it('waits for a first count of each stage, then lets pass what is no worse than 1.2 times', async () => {
    const { sluice, clock, status } = await world(gateway({ on: 11, off: 40 }).source);
    await sluice.rollouts.startRollout('f', PLAN);
    await clock.advance(20_000);
    expect(status()?.verdicts[0]).toMatchObject({ verdict: 'wait', comparedBy: 'requests' });
    expect(status()?.verdicts[0]?.message).toContain('have not been counted in this stage yet');
    await clock.advance(800_000);
    expect(status()).toMatchObject({ phase: 'completed' });
  });

  it('asks for whole minutes, one after the other and each once, also when another process goes on', async () => {
    const { source, asked } = gateway({ on: 11, off: 40 });
    const [directory, clock] = [await mkdtemp(join(tmpdir(), 'sluice-')), manualClock(START)];
    const store = () => fileStore(join(directory, 'flags.json'), { clock, watch: false });
    const first = await world(source, store(), clock);
    await first.sluice.rollouts.startRollout('f', { ...PLAN, bakeMs: 900_000 });
    await clock.advance(200_000);
    await first.sluice.close();
    const second = await world(source, store(), clock);
    await clock.advance(200_000);
    const ranges = asked.filter(({ variant, from, to }) => variant === 'on' && to > from);
    expect(ranges.length).toBeGreaterThan(4);
    // What was asked after the last time that the progress was kept is asked again: it is counted by whoever goes on.
    const ends = [...new Set(ranges.map(({ to }) => to))];
    for (const { from, to } of ranges) {
      expect(to % 60_000).toBe(0);
      expect([ranges[0]?.from, ...ends]).toContain(from);
    }
    const total = /of (\d+) met/.exec(second.status()?.verdicts[0]?.message ?? '')?.[1];
    const minutes = ((ranges.at(-1)?.to ?? 0) - (ranges[0]?.from ?? 0)) / 60_000;
    expect(Number(total)).toBeCloseTo(1000 * minutes, -1);
    await second.sluice.close();
    await rm(directory, { recursive: true });
  });

  it('holds while nothing can be counted, and goes on from where it was', async () => {
    const counted = gateway({ on: 11, off: 40 });
    const { sluice, clock, status } = await world(counted.source);
    await sluice.rollouts.startRollout('f', PLAN);
    await clock.advance(70_000);
    counted.answerWith({ kind: 'error', cause: 'provider', message: 'the gateway is away' });
    await clock.advance(120_000);
    expect(status()).toMatchObject({ phase: 'held', state: { reason: 'provider' }, waitingFor: expect.stringContaining('away') });
    counted.answerWith(null);
    await clock.advance(5000);
    expect(status()?.phase).toBe('baking');
    const ranges = counted.asked.filter(({ variant, from, to }) => variant === 'on' && to > from);
    expect((ranges.at(-1)?.to ?? 0) - (ranges.at(-1)?.from ?? 0)).toBeGreaterThanOrEqual(120_000);
  });

  it('is refused before the first stage where a source counts nothing', async () => {
    const { countEvents: _none, ...figures } = gateway({ on: 1, off: 1 }).source;
    const { sluice, clock, status } = await world(figures);
    await sluice.rollouts.startRollout('f', PLAN);
    await clock.advance(2000);
    expect(status()).toMatchObject({ phase: 'failed', error: expect.stringContaining('has no countEvents') });
  });
});
