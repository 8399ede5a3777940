import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { manualClock } from '../clock/manual-clock.ts';
import { MetricsCollector } from './metrics-collector.ts';

const START = 1_750_000_000_000;
const stable = { flag: 'checkout', variant: 'stable' };
const canary = { flag: 'checkout', variant: 'canary' };

function collectorAt(options: { windowMs?: number; resolutionMs?: number } = {}) {
  const clock = manualClock(START);
  return { clock, metrics: new MetricsCollector({ clock, ...options }) };
}

describe('MetricsCollector: readings', () => {
  it('constructs alone', () => {
    const metrics = new MetricsCollector();
    metrics.count('requests');
    expect(metrics.counterTotal('requests')).toBe(1);
  });

  it('reads null where nothing was recorded', () => {
    const { metrics } = collectorAt();
    metrics.count('errors');
    const readings = [
      metrics.errorRate(),
      metrics.p95(),
      metrics.mean('latency'),
      metrics.quantile('latency', 0.5),
      metrics.rate('orders'),
      metrics.counterTotal('orders'),
    ];
    expect(readings).toEqual([null, null, null, null, null, null]);
  });

  it('reads errors per request: 0 when none failed', () => {
    const { metrics } = collectorAt();
    metrics.count('requests', canary, 200);
    expect(metrics.errorRate(canary)).toBe(0);
    metrics.count('errors', canary, 3);
    expect(metrics.errorRate(canary)).toBe(0.015);
  });

  it('reads the mean and the quantiles of values to 1 %', () => {
    const { metrics } = collectorAt();
    for (let value = 1; value <= 1000; value++) metrics.observe('latency', value);
    expect(metrics.mean('latency')).toBe(500.5);
    expect(metrics.p95()).toBeGreaterThan(950 * 0.99);
    expect(metrics.p95()).toBeLessThan(951 * 1.01);
    expect(metrics.quantile('latency', 0.5)).toBeGreaterThan(500 * 0.99);
    expect(metrics.quantile('latency', 0.5)).toBeLessThan(501 * 1.01);
  });

  it('keeps counters and values of one name apart', () => {
    const { metrics } = collectorAt();
    metrics.count('render', {}, 5);
    metrics.observe('render', 70);
    expect([metrics.counterTotal('render'), metrics.mean('render')]).toEqual([5, 70]);
  });

  it('merges the series that a query does not tell apart', () => {
    const { metrics } = collectorAt();
    metrics.count('requests', stable, 90);
    metrics.count('requests', canary, 10);
    metrics.count('requests', { flag: 'search', variant: 'canary' }, 1);
    metrics.count('requests', {}, 1000);
    metrics.count('errors', canary, 5);
    for (const [labels, value] of [
      [stable, 10],
      [canary, 30],
    ] as const)
      metrics.observe('latency', value, labels);
    expect(metrics.counterTotal('requests', { flag: 'checkout' })).toBe(100);
    expect(metrics.counterTotal('requests', { variant: 'canary' })).toBe(11);
    expect(metrics.counterTotal('requests')).toBe(1101);
    expect(metrics.errorRate({ flag: 'checkout' })).toBe(0.05);
    expect(metrics.mean('latency', { flag: 'checkout' })).toBe(20);
    expect(metrics.quantile('latency', 1, { flag: 'checkout' })).toBeCloseTo(30, -1);
    expect(metrics.quantile('latency', 0, { flag: 'checkout' })).toBeCloseTo(10, -1);
  });

  it('lists its series', () => {
    const { metrics } = collectorAt();
    metrics.observe('latency', 3, { ...canary, unit: 'u1' });
    metrics.observe('latency', 4, { ...canary, unit: 'u2' });
    metrics.count('orders');
    expect(metrics.series()).toEqual([
      { kind: 'counter', name: 'orders', flag: undefined, variant: undefined, samples: 1 },
      { kind: 'value', name: 'latency', ...canary, samples: 2 },
    ]);
  });
});

describe('MetricsCollector: windows', () => {
  it('moves with the clock', async () => {
    const { clock, metrics } = collectorAt();
    metrics.count('requests', {}, 100);
    metrics.count('errors', {}, 50);
    await clock.advance(60_000);
    metrics.count('requests', {}, 100);
    metrics.observe('latency', 5);
    expect(metrics.errorRate()).toBe(0.25);
    expect(metrics.errorRate({ windowMs: 59_000 })).toBe(0);
    await clock.advance(240_000);
    expect(metrics.errorRate()).toBe(0.25);
    await clock.advance(1);
    expect(metrics.errorRate()).toBe(0);
    expect(metrics.mean('latency')).toBe(5);
    await clock.advance(60_000);
    expect(metrics.errorRate()).toBeNull();
    expect(metrics.mean('latency')).toBeNull();
  });

  it('reads nothing from before since, not even of the slice that since falls into', async () => {
    const { clock, metrics } = collectorAt();
    await clock.advance(2400);
    metrics.count('requests', {}, 7);
    await clock.advance(200);
    const since = clock.now();
    metrics.count('requests', {}, 1);
    expect(metrics.counterTotal('requests', { since })).toBeNull();
    await clock.advance(400);
    metrics.count('requests', {}, 2);
    expect(metrics.counterTotal('requests', { since })).toBe(2);
    expect(metrics.counterTotal('requests', { since: START })).toBe(10);
    expect(metrics.counterTotal('requests', { since: clock.now() + 1 })).toBeNull();
  });

  it('reads rates over the time it was there, not over a window that began before', async () => {
    const { clock, metrics } = collectorAt();
    metrics.count('orders', {}, 30);
    expect(metrics.rate('orders')).toBe(30);
    await clock.advance(10_000);
    expect(metrics.rate('orders')).toBe(3);
    await clock.advance(290_000);
    metrics.count('orders', {}, 30);
    expect(metrics.rate('orders')).toBe(0.2);
    expect(metrics.rate('orders', { windowMs: 10_000 })).toBe(3);
    expect(metrics.rate('orders', { since: clock.now() - 60_000 })).toBe(0.5);
  });

  it('adds up exactly the samples of the slices that lie in the window, whatever the pace', () => {
    const step = fc.record({ passesMs: fc.nat(4000), by: fc.nat(9) });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), fc.integer({ min: 1000, max: 10_000 }), (steps, windowMs) => {
        let now = START;
        const metrics = new MetricsCollector({ clock: { now: () => now }, windowMs: 10_000 });
        const samples: { slice: number; by: number }[] = [];
        for (const { passesMs, by } of steps) {
          now += passesMs;
          metrics.count('requests', {}, by);
          samples.push({ slice: Math.floor(now / 1000), by });
        }
        const kept = samples.filter(({ slice }) => slice * 1000 >= now - windowMs);
        expect(metrics.counterTotal('requests', { windowMs })).toBe(kept.reduce((total, { by }) => total + by, 0));
      }),
    );
  });

  it('keeps what it has when a window of slices has gone by', async () => {
    const { clock, metrics } = collectorAt({ windowMs: 5000 });
    for (let second = 0; second < 100; second++) {
      metrics.count('requests');
      await clock.advance(1000);
    }
    expect(metrics.counterTotal('requests')).toBe(5);
    expect(metrics.counterTotal('requests', { windowMs: 2000 })).toBe(2);
  });

  it('refuses a window that is longer than what it keeps', () => {
    const { metrics } = collectorAt();
    expect(() => metrics.errorRate({ windowMs: 600_000 })).toThrow('600000 ms is asked for, and at most 300000 ms are kept');
    expect(() => metrics.errorRate({ windowMs: Number.NaN })).toThrow('/query/windowMs must be a number of milliseconds');
    expect(() => metrics.errorRate({ since: Number.NaN })).toThrow('since');
  });

  it.each([{ windowMs: 0 }, { windowMs: Number.NaN }, { resolutionMs: 0 }, { windowMs: 500 }, { windowMs: 1e9 }])(
    'refuses to keep %o',
    (options) => {
      expect(() => collectorAt(options)).toThrow('the window must be 1 to 3600 times the resolution');
    },
  );

  it('refuses a quantile out of range', () => {
    const { metrics } = collectorAt();
    expect(() => metrics.quantile('latency', 95)).toThrow('/q must be a number from 0 to 1; it is 95');
  });
});

describe('MetricsCollector: a clock that jumps', () => {
  it.each([-3_600_000, -120_000, -2000])(
    'forgets what lies in the future after %i ms, and never takes it for fresh',
    async (ms) => {
      const { clock, metrics } = collectorAt();
      metrics.count('requests', {}, 100);
      metrics.count('errors', {}, 100);
      clock.jump(ms);
      metrics.count('requests', {}, 10);
      expect(metrics.errorRate()).toBe(0);
      await clock.advance(-ms);
      expect(metrics.counterTotal('errors')).toBeNull();
      metrics.count('requests', {}, 10);
      expect(metrics.counterTotal('requests', { windowMs: 1000 })).toBe(10);
    },
  );

  it('notices also when it is only read between two jumps', async () => {
    const { clock, metrics } = collectorAt();
    metrics.count('requests', {}, 100);
    clock.jump(-10_000);
    expect(metrics.counterTotal('requests')).toBeNull();
    await clock.advance(10_000);
    expect(metrics.counterTotal('requests')).toBeNull();
  });

  it('reads rates over the time since the clock was set back', async () => {
    const { clock, metrics } = collectorAt();
    clock.jump(-3_600_000);
    metrics.count('orders', {}, 40);
    expect(metrics.rate('orders')).toBe(40);
    await clock.advance(10_000);
    expect(metrics.rate('orders')).toBe(4);
  });

  it('goes on after a jump of ten years and back', () => {
    const { clock, metrics } = collectorAt();
    const tenYearsMs = 10 * 365 * 86_400_000;
    metrics.count('requests', {}, 1);
    clock.jump(tenYearsMs);
    metrics.count('requests', {}, 2);
    expect(metrics.counterTotal('requests')).toBe(2);
    clock.jump(-tenYearsMs);
    metrics.count('requests', {}, 4);
    expect(metrics.counterTotal('requests', { windowMs: 1000 })).toBeLessThanOrEqual(5);
  });
});
