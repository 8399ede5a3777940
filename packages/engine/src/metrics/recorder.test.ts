import { describe, expect, it, vi } from 'vitest';
import { manualClock } from '../clock/manual-clock.ts';
import { type Logger, silentLogger } from '../logger.ts';
import { MetricsCollector } from './metrics-collector.ts';
import type { MetricLabels } from './sample.ts';

function collectorWithLog() {
  const told: string[] = [];
  const tell = (message: string): void => void told.push(message);
  const logger: Logger = { ...silentLogger, warn: tell, error: tell };
  return { metrics: new MetricsCollector({ clock: manualClock(0), logger }), told };
}

describe('recording', () => {
  it.each([Number.NaN, Number.POSITIVE_INFINITY, null, undefined, '', [], '0.99', 10n, {}])('refuses to observe %s', (value) => {
    const { metrics } = collectorWithLog();
    metrics.observe('latency', value as number);
    expect([metrics.refusedSamples, metrics.series()]).toEqual([1, []]);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1, null, '1', 1n])('refuses to count %s', (by) => {
    const { metrics } = collectorWithLog();
    metrics.count('requests', {}, by as number);
    expect([metrics.refusedSamples, metrics.series()]).toEqual([1, []]);
  });

  it('takes values that are zero or negative', () => {
    const { metrics } = collectorWithLog();
    for (const value of [-5, 0, 5]) metrics.observe('drift', value);
    expect([metrics.mean('drift'), metrics.quantile('drift', 0.5), metrics.refusedSamples]).toEqual([0, 0, 0]);
  });

  it('warns of the first refused sample only, with what would be right', () => {
    const { metrics, told } = collectorWithLog();
    metrics.count('requests', {}, -3);
    metrics.count('requests', {}, -3);
    metrics.observe('latency', Number.NaN);
    expect(metrics.refusedSamples).toBe(3);
    expect(told).toEqual([
      'count("requests") takes a number that is not negative, not -3: counters only rise. This sample is refused; further ones are only counted',
    ]);
  });

  const trap = {
    get flag(): string {
      throw new Error('trap');
    },
  };
  it.each([
    ['a name that is no text', 7, {}],
    ['an empty name', '', {}],
    ['a name of a megabyte', 'x'.repeat(1e6), {}],
    ['a flag that is no text', 'requests', { flag: 7 }],
    ['an endless variant', 'requests', { variant: 'x'.repeat(1e6) }],
    ['no labels at all', 'requests', null],
    ['labels that throw', 'requests', trap],
  ])('refuses %s without throwing', (_, name, labels) => {
    const { metrics } = collectorWithLog();
    metrics.count(name as string, labels as MetricLabels);
    metrics.observe(name as string, 1, labels as MetricLabels);
    expect([metrics.refusedSamples, metrics.series()]).toEqual([2, []]);
  });

  it('takes names that every object has for names like others', () => {
    const { metrics } = collectorWithLog();
    for (const name of ['__proto__', 'constructor', 'toString']) metrics.count(name, { flag: name, variant: name });
    expect(metrics.counterTotal('__proto__', { flag: '__proto__' })).toBe(1);
    expect(metrics.series()).toHaveLength(3);
  });

  it('does not throw when the clock or the logger does', () => {
    const emitWarning = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const broken = (): never => {
      throw new Error('broken');
    };
    let now = (): number => 0;
    const metrics = new MetricsCollector({ clock: { now: () => now() }, logger: { ...silentLogger, warn: broken } });
    now = broken;
    metrics.count('requests');
    now = () => Number.NaN;
    metrics.count('requests');
    expect(metrics.refusedSamples).toBe(2);
    expect(emitWarning).toHaveBeenCalledOnce();
    emitWarning.mockRestore();
  });
});

describe('listen', () => {
  it('hears every sample with its unit, until stopped', () => {
    const { metrics } = collectorWithLog();
    const heard: unknown[] = [];
    const stop = metrics.listen((...sample) => heard.push(sample));
    metrics.count('errors', { flag: 'checkout', unit: 'u1' });
    metrics.observe('latency', 12, { unit: 'u2' });
    metrics.count('errors', {}, -1);
    stop();
    metrics.count('errors', { unit: 'u3' });
    expect(heard).toEqual([
      ['count', 'errors', 1, { flag: 'checkout', unit: 'u1' }],
      ['observe', 'latency', 12, { unit: 'u2' }],
    ]);
  });

  it('reports a listener that throws, and tells the others', () => {
    const { metrics, told } = collectorWithLog();
    let heard = 0;
    metrics.listen(() => {
      throw new Error('full');
    });
    metrics.listen(() => {
      heard += 1;
    });
    metrics.count('errors');
    expect([heard, metrics.counterTotal('errors'), metrics.refusedSamples]).toEqual([1, 1, 0]);
    expect(told).toEqual(['a listener of the metric "errors" failed: Error: full']);
  });
});
