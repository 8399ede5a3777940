import { describe, expect, it } from 'vitest';
import { manualClock } from '../clock/manual-clock.ts';
import { type Logger, silentLogger } from '../logger.ts';
import { MetricsCollector } from './metrics-collector.ts';

function roomFor(maxSeries: number) {
  const warnings: string[] = [];
  const logger: Logger = { ...silentLogger, warn: (message) => void warnings.push(message) };
  const clock = manualClock(0);
  return { clock, warnings, metrics: new MetricsCollector({ clock, maxSeries, logger }) };
}

describe('room for series', () => {
  it('does not grow with the number of different labels, and counts what it drops', () => {
    const { metrics } = roomFor(500);
    for (let user = 0; user < 10_000; user++) metrics.observe('latency', 1, { flag: 'checkout', variant: `user-${user}` });
    expect(metrics.series()).toHaveLength(500);
    expect(metrics.droppedSamples).toBe(9500);
    expect(metrics.refusedSamples).toBe(0);
  });

  it('opens no series for units', () => {
    const { metrics } = roomFor(2);
    for (let user = 0; user < 10_000; user++) metrics.observe('latency', 1, { unit: `user-${user}` });
    expect([metrics.series().length, metrics.droppedSamples]).toEqual([1, 0]);
  });

  it.each<[string, (n: number) => { name: string; flag: string; variant: string }]>([
    ['variant', (n) => ({ name: 'latency', flag: 'checkout', variant: `v${n}` })],
    ['flag', (n) => ({ name: 'latency', flag: `f${n}`, variant: 'on' })],
    ['name', (n) => ({ name: `latency-${n}`, flag: 'checkout', variant: 'on' })],
  ])('warns once and names the %s when that takes ever new values', (label, sample) => {
    const { metrics, warnings } = roomFor(10);
    for (let n = 0; n < 30; n++) {
      const { name, ...labels } = sample(n);
      metrics.observe(name, 1, labels);
    }
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('all 10 series are taken');
    expect(warnings[0]).toContain(`The ${label} has 11 different values`);
  });

  it('goes on with the series it has', () => {
    const { metrics } = roomFor(2);
    for (const flag of ['a', 'b', 'c', 'a', 'b', 'c']) metrics.observe('latency', 1, { flag });
    expect(metrics.series().map(({ flag, samples }) => [flag, samples])).toEqual([
      ['a', 2],
      ['b', 2],
    ]);
  });

  it('tells listeners also of what it drops', () => {
    const { metrics } = roomFor(2);
    const heard: unknown[] = [];
    metrics.listen((_kind, _name, _value, { flag }) => heard.push(flag));
    for (const flag of ['a', 'b', 'c']) metrics.count('errors', { flag });
    expect(heard).toEqual(['a', 'b', 'c']);
  });

  it('gives the place of a series without a sample in the window to a new one', async () => {
    const { clock, metrics } = roomFor(2);
    metrics.observe('latency', 1, { flag: 'old' });
    metrics.observe('latency', 1, { flag: 'live' });
    await clock.advance(300_000);
    metrics.observe('latency', 1, { flag: 'live' });
    metrics.observe('latency', 1, { flag: 'too early' });
    await clock.advance(1000);
    metrics.observe('latency', 1, { flag: 'new' });
    expect(metrics.series().map(({ flag }) => flag)).toEqual(['live', 'new']);
    expect(metrics.droppedSamples).toBe(1);
  });

  it('has room for requests only together with their errors, so that no error rate leaves errors out', () => {
    const { metrics } = roomFor(3);
    metrics.observe('latency', 1);
    metrics.observe('latency', 1, { flag: 'other' });
    metrics.count('requests', { flag: 'checkout' }, 100);
    metrics.count('errors', { flag: 'checkout' }, 50);
    expect(metrics.errorRate({ flag: 'checkout' })).toBeNull();
  });

  it('keeps the place of errors as long as requests come', async () => {
    const { clock, metrics } = roomFor(2);
    metrics.count('requests', { flag: 'checkout' }, 100);
    await clock.advance(400_000);
    metrics.count('requests', { flag: 'checkout' }, 100);
    metrics.observe('latency', 1);
    metrics.count('errors', { flag: 'checkout' }, 50);
    expect(metrics.errorRate({ flag: 'checkout' })).toBe(0.5);
  });

  it.each([1, 2.5, Number.NaN])('refuses a maximum of %s', (maxSeries) => {
    expect(() => roomFor(maxSeries)).toThrow('maxSeries is a whole number from 2');
  });
});
