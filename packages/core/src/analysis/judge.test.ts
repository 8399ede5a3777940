import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Criterion, Measurement, Verdict, VerdictName } from './criterion.ts';
import { judge, worstVerdict } from './judge.ts';

const SINCE = 1_000_000;
const NOW = SINCE + 100_000;
const CRITERION: Criterion = {
  name: 'errors',
  metric: 'errorRate',
  source: 'collector',
  max: 0.05,
  min: null,
  minSamples: 20,
  windowMs: 300_000,
  staleAfterMs: 60_000,
  dryRun: false,
};

const value = (figure: number, samples = 500, at = NOW): Measurement => ({ kind: 'value', value: figure, samples, at });
const verdictOf = (measurement: Measurement, criterion: Partial<Criterion> = {}, now = NOW): Verdict =>
  judge({ ...CRITERION, ...criterion }, measurement, SINCE, now);

describe('judge', () => {
  it('passes a value within its bounds and fails one beyond, saying by how much', () => {
    expect(verdictOf(value(0.05))).toMatchObject({ verdict: 'pass', criterion: 'errors', value: 0.05, samples: 500, at: NOW });
    expect(verdictOf(value(0.050_01))).toMatchObject({
      verdict: 'fail',
      message: 'errorRate is 0.05001 over 500 samples, above 0.05',
    });
    expect(verdictOf(value(0.7), { max: null, min: 0.8 })).toMatchObject({
      verdict: 'fail',
      message: 'errorRate is 0.7 over 500 samples, below 0.8',
    });
    expect(verdictOf(value(0.8), { max: 0.9, min: 0.8 }).verdict).toBe('pass');
  });

  it('says a bound as it was declared, and a value with the digits that tell it from the bound', () => {
    const message = (figure: number, bounds: Partial<Criterion>) => verdictOf(value(figure), bounds).message;
    expect(message(1000.3, { max: 1000 })).toBe('errorRate is 1000.3 over 500 samples, above 1000');
    expect(message(20_000.7, { max: 12_345 })).toBe('errorRate is 20000 over 500 samples, above 12345');
    expect(message(0.999_94, { max: null, min: 0.999_95 })).toBe('errorRate is 0.9999 over 500 samples, below 0.99995');
    expect(message(1e9 + 1, { max: 1e9 })).toBe('errorRate is 1000000001 over 500 samples, above 1000000000');
  });

  it('waits below the least number of samples, good or bad', () => {
    expect(verdictOf(value(0.01, 19))).toMatchObject({ verdict: 'wait', message: '19 of 20 samples of errorRate' });
    expect(verdictOf(value(0.9, 19)).verdict).toBe('wait');
    expect(verdictOf(value(0.01, 20)).verdict).toBe('pass');
    expect(verdictOf(value(0.01, Number.NaN)).verdict).toBe('wait');
  });

  it('cannot judge NaN or infinity', () => {
    for (const figure of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
      expect(verdictOf(value(figure))).toMatchObject({ verdict: 'error', cause: 'noData', value: null });
  });

  it('waits through a grace of silence since the stage began or the last sample, then errs', () => {
    const silent: Measurement = { kind: 'noData', at: null };
    expect(verdictOf(silent, {}, SINCE + 60_000)).toMatchObject({ verdict: 'wait', value: null });
    expect(verdictOf(silent, {}, SINCE + 60_001)).toMatchObject({ verdict: 'error', cause: 'noData' });
    expect(verdictOf(value(0.01, 500, NOW - 60_000)).verdict).toBe('pass');
    expect(verdictOf(value(0.01, 500, NOW - 60_001))).toMatchObject({
      verdict: 'error',
      cause: 'noData',
      message: 'no sample of errorRate for 1 min',
    });
    expect(verdictOf(value(0.01, 500, Number.NaN))).toMatchObject({ verdict: 'error', cause: 'noData' });
  });

  it('takes nothing from before the stage', () => {
    expect(verdictOf(value(0.9, 500, SINCE - 1), {}, SINCE + 1_000)).toMatchObject({ verdict: 'wait', value: null });
  });

  it('fails before the minimum of samples when every request of the stage failed, however often it is looked at', () => {
    expect(verdictOf(value(1, 4))).toMatchObject({ verdict: 'wait' });
    expect(verdictOf(value(1, 5))).toMatchObject({ verdict: 'fail', cause: 'breakage', value: 1, samples: 5 });
    expect(verdictOf(value(1, 5)).message).toContain('all of the first 5 requests failed; at the tolerated errorRate of 0.05');
    expect(verdictOf(value(0.99, 19))).toMatchObject({ verdict: 'wait' });
    expect(verdictOf(value(1, 20))).toMatchObject({ verdict: 'fail', cause: null });
  });

  it('calls no failure total that the bound makes likely, that is no rate of errors, or that the window saw only the end of', () => {
    // 0.5 to the power of 19 is above one in a million.
    expect(verdictOf(value(1, 19), { max: 0.5 })).toMatchObject({ verdict: 'wait' });
    expect(verdictOf(value(1, 30), { max: 0.5, minSamples: 50 })).toMatchObject({ verdict: 'fail', cause: 'breakage' });
    expect(verdictOf(value(1, 4), { max: 0 })).toMatchObject({ verdict: 'wait' });
    expect(verdictOf(value(1, 30), { max: 1, minSamples: 50 })).toMatchObject({ verdict: 'wait' });
    expect(verdictOf(value(1, 10), { metric: 'mean(failed)' })).toMatchObject({ verdict: 'wait' });
    const late = SINCE + 600_000;
    expect(verdictOf(value(1, 10, late), {}, late)).toMatchObject({ verdict: 'wait' });
  });

  it('passes on why a source could not measure', () => {
    const broken: Measurement = { kind: 'error', cause: 'provider', message: 'the source is down' };
    expect(verdictOf(broken)).toMatchObject({ verdict: 'error', cause: 'provider', message: 'the source is down' });
  });

  it('never passes what was not measured, and never fails without a value beyond the bound', () => {
    const odd = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY));
    fc.assert(
      fc.property(odd, odd, odd, odd, (figure, samples, at, now) => {
        const { verdict } = verdictOf(value(figure, samples, at), {}, now);
        if (verdict === 'pass') expect(Number.isFinite(figure) && figure <= 0.05 && samples >= 20).toBe(true);
        if (verdict === 'fail') expect(figure).toBeGreaterThan(0.05);
      }),
    );
  });
});

describe('worstVerdict', () => {
  const order: readonly VerdictName[] = ['fail', 'error', 'inconclusive', 'wait', 'pass'];
  const verdict = (name: VerdictName, dryRun = false): Verdict => ({ ...verdictOf(value(0)), verdict: name, dryRun });

  it('is the worst, whatever the order, dry runs left out', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...order), fc.boolean())), (parts) => {
        const verdicts = parts.map(([name, dryRun]) => verdict(name, dryRun));
        const obeyed = parts.filter(([, dryRun]) => !dryRun).map(([name]) => order.indexOf(name));
        expect(worstVerdict(verdicts)).toBe(order[Math.min(...obeyed, order.length - 1)]);
        expect(worstVerdict(verdicts.toReversed())).toBe(worstVerdict(verdicts));
      }),
    );
  });
});
