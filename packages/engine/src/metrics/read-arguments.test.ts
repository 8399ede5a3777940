import { describe, expect, it } from 'vitest';
import { manualClock } from '../clock/manual-clock.ts';
import { MetricsCollector } from './metrics-collector.ts';

/** Without types, as a caller in JavaScript has it. */
type Untyped = Readonly<Record<string, (...given: unknown[]) => unknown>>;
const ODD = [null, 7, Number.NaN, '', true, [], {}, { flag: 7 }, { variant: null }, Symbol('s'), () => 1, new Map(), 10n];
const READINGS = ['errorRate', 'p95', 'mean', 'rate', 'counterTotal', 'quantile', 'measure'];

function untyped(): { metrics: MetricsCollector; call: Untyped; warnings: string[] } {
  const warnings: string[] = [];
  const warn = (message: string): void => void warnings.push(message);
  const logger = { debug: () => {}, info: () => {}, warn, error: warn };
  const metrics = new MetricsCollector({ clock: manualClock(1_000_000), logger });
  const call = Object.fromEntries(
    ['count', 'observe', ...READINGS].map((name) => [
      name,
      (...given: unknown[]) => (Reflect.get(metrics, name) as (...all: unknown[]) => unknown).apply(metrics, given),
    ]),
  );
  return { metrics, call, warnings };
}

describe('the collector, whatever it is given', () => {
  it('never throws from recording: what is no sample is counted, and warned of once', () => {
    const { metrics, call, warnings } = untyped();
    for (const odd of [undefined, ...ODD])
      for (const name of ['count', 'observe']) {
        expect(() => call[name]?.(odd), `${name} of ${typeof odd}`).not.toThrow();
        expect(() => call[name]?.('latency', odd, odd), `${name} with ${typeof odd}`).not.toThrow();
        expect(() => call[name]?.('latency', 1, odd, odd), `${name} labelled ${typeof odd}`).not.toThrow();
      }
    expect(metrics.refusedSamples).toBeGreaterThan(30);
    expect(warnings).toHaveLength(1);
  });

  it('refuses to read by what is no argument, in words and never by a bare TypeError', () => {
    const { call } = untyped();
    const given = [undefined, ...ODD].flatMap((first) => [undefined, ...ODD].map((second) => [first, second] as const));
    for (const name of READINGS)
      for (const all of given)
        try {
          call[name]?.(...all);
        } catch (error) {
          expect(error, `${name}(${all.map((one) => typeof one).join(', ')})`).toMatchObject({
            name: 'SluiceError',
            code: 'invalid',
            issues: [{ path: expect.stringMatching(/^\/(name|q|query|range)/) }],
          });
        }
  });

  it.each([
    ['errorRate', [null], '/query must be an object such as { flag: "checkout", variant: "on" }; it is null'],
    ['p95', [7], '/query must be an object'],
    ['errorRate', [{ flag: 7 }], '/query/flag must be a text or left out; it is 7'],
    ['errorRate', [{ varient: 'on' }], '/query/varient is not a field; there are flag, variant, windowMs, since'],
    ['mean', [null], '/name must be the name of a metric'],
    ['rate', ['orders', { windowMs: '5' }], '/query/windowMs must be a number of milliseconds from 0'],
    ['counterTotal', ['orders', { since: new Date(0) }], '/query/since must be an instant in milliseconds since 1970'],
    ['quantile', ['latency', null], '/q must be a number from 0 to 1; it is null'],
    ['measure', [null], '/query must be an object'],
    ['measure', [{ kind: 'median' }], '/query/kind must be one of errorRate, rate, mean, quantile'],
    ['measure', [{ kind: 'errorRate' }], '/range must be an object such as { from, to }'],
    ['measure', [{ kind: 'errorRate' }, { from: 'a', to: 1 }], '/range/from must be an instant'],
  ])('names what is wrong with %s(%j)', (name, given, message) => {
    expect(() => untyped().call[name]?.(...given)).toThrow(message);
  });
});
