import { describe, expect, it } from 'vitest';
import { manualClock } from '../clock/manual-clock.ts';
import { MetricsCollector } from './metrics-collector.ts';

const START = 1_750_000_000_000;
const canary = { flag: 'checkout', variant: 'canary' };
const errorRate = { kind: 'errorRate' } as const;

async function afterAMinute() {
  const clock = manualClock(START);
  const metrics = new MetricsCollector({ clock });
  await clock.advance(60_000);
  return { clock, metrics, stage: { ...canary, from: clock.now(), to: clock.now() + 30_000 } };
}

describe('measure', () => {
  it('gives the value, the number of samples and the instant of the newest', async () => {
    const { clock, metrics, stage } = await afterAMinute();
    metrics.count('requests', canary, 40);
    metrics.count('errors', canary, 2);
    metrics.observe('latency', 80, canary);
    await clock.advance(20_500);
    metrics.count('requests', canary, 60);
    await clock.advance(9500);
    expect(metrics.measure(errorRate, stage)).toEqual({ kind: 'value', value: 0.02, samples: 100, at: START + 80_500 });
    expect(metrics.measure({ kind: 'rate', metric: 'requests' }, stage)).toMatchObject({ value: 100 / 30, samples: 100 });
    expect(metrics.measure({ kind: 'mean', metric: 'latency' }, stage)).toMatchObject({
      value: 80,
      samples: 1,
      at: START + 60_000,
    });
    const median = metrics.measure({ kind: 'quantile', metric: 'latency', q: 0.5 }, stage);
    expect(median).toMatchObject({ kind: 'value', samples: 1, at: START + 60_000 });
  });

  it('measures only the variant that is asked for', async () => {
    const { metrics, stage } = await afterAMinute();
    metrics.count('requests', { ...canary, variant: 'stable' }, 40);
    metrics.count('requests', { flag: 'checkout' }, 40);
    expect(metrics.measure(errorRate, stage)).toEqual({ kind: 'noData', at: null });
  });

  it('leaves out what came after the range', async () => {
    const { clock, metrics, stage } = await afterAMinute();
    metrics.count('requests', canary, 40);
    await clock.advance(31_000);
    metrics.count('requests', canary, 7);
    expect(metrics.measure(errorRate, stage)).toMatchObject({ samples: 40, at: START + 60_000 });
  });

  it('is no data without samples since the stage began, and tells when the last one was', async () => {
    const { clock, metrics, stage } = await afterAMinute();
    expect(metrics.measure(errorRate, stage)).toEqual({ kind: 'noData', at: null });
    metrics.count('requests', canary, 40);
    await clock.advance(30_000);
    const next = { ...stage, from: clock.now(), to: clock.now() + 1000 };
    expect(metrics.measure(errorRate, next)).toEqual({ kind: 'noData', at: START + 60_000 });
  });

  it('is no data, not a rate of 0, when errors or nothing at all were counted without requests', async () => {
    const { metrics, stage } = await afterAMinute();
    metrics.count('requests', canary, 0);
    metrics.count('errors', canary, 5);
    expect(metrics.measure(errorRate, stage)).toMatchObject({ kind: 'noData' });
  });

  it('is an error, never a value, when no double holds the rate', async () => {
    const { metrics, stage } = await afterAMinute();
    metrics.count('requests', canary, 1e-300);
    metrics.count('errors', canary, 1e50);
    expect(metrics.measure(errorRate, stage)).toMatchObject({ kind: 'error', cause: 'provider' });
  });

  it('takes no value that would make those of everybody too large to add up', async () => {
    const { metrics, stage } = await afterAMinute();
    for (const value of [12, 1e308, -1e51, 14]) metrics.observe('latency', value, canary);
    expect(metrics.measure({ kind: 'mean', metric: 'latency' }, stage)).toMatchObject({ kind: 'value', value: 13, samples: 2 });
  });

  it('is a bad query over more time than is kept', async () => {
    const { metrics, stage } = await afterAMinute();
    const measurement = metrics.measure(errorRate, { ...stage, from: stage.to - 300_001 });
    expect(measurement).toMatchObject({
      kind: 'error',
      cause: 'badQuery',
      message: expect.stringContaining('300001 ms is asked for'),
    });
  });
});
