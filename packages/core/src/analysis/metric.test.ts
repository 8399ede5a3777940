import { describe, expect, it } from 'vitest';
import { parseMetric } from './metric.ts';

describe('parseMetric', () => {
  it('reads short names and functions of a named metric', () => {
    expect(parseMetric('errorRate')).toEqual({ kind: 'errorRate' });
    expect(parseMetric('p95')).toEqual({ kind: 'quantile', metric: 'latency', q: 0.95 });
    expect(parseMetric('p999(render time)')).toEqual({ kind: 'quantile', metric: 'render time', q: 0.999 });
    expect(parseMetric('mean(accuracy)')).toEqual({ kind: 'mean', metric: 'accuracy' });
    expect(parseMetric('rate(orders)')).toEqual({ kind: 'rate', metric: 'orders' });
  });

  it('names the place and the value of anything else', () => {
    for (const text of [
      '',
      'mean',
      'rate',
      'p75',
      'mean()',
      'mean(a',
      'sum(a)',
      'constructor',
      '__proto__',
      'p95(latency) ',
      'errorRate(x)',
    ])
      expect(parseMetric(text, '/metric')).toEqual({
        path: '/metric',
        message: expect.stringContaining(`it is ${JSON.stringify(text)}`),
      });
  });
});
