import { expect, it } from 'vitest';
import { daysInWords, metricInWords, percent, startConsequence, stopConsequence, verdictInWords } from './test-words.ts';

it('says parts and days without digits that nobody chose', () => {
  expect([0.07, 0.333333, 1].map(percent)).toEqual(['7 %', '33.333 %', '100 %']);
  expect([1, 14, 0.5].map(daysInWords)).toEqual(['1 day', '14 days', '12 h']);
});

it('says of a metric what decides how it is read', () => {
  expect(metricInWords({ name: 'latency', goal: 'decrease', role: 'guardrail', aggregation: 'mean', margin: 0.02 })).toBe(
    'latency: guardrail, good is less, may be worse by 2 %, mean of a user',
  );
  expect(
    metricInWords({ name: 'spent', goal: 'increase', role: 'primary', aggregation: 'sum', covariate: true, windowDays: 1 }),
  ).toBe('spent: primary, good is more, sum of a user, of their first 1 day, what was there before is taken out');
  expect(metricInWords({ name: 'clicks', goal: 'increase', role: 'secondary', aggregation: 'sum', per: 'views' })).toBe(
    'clicks: secondary, good is more, per views',
  );
});

it('says before a test is started when it begins, and of how many', () => {
  expect(startConsequence({ trafficShare: 0.07, startsAt: null })).toMatch(/open to 7 % .* from now on\.$/);
  expect(startConsequence({ trafficShare: 1, startsAt: '2030-01-01T00:00:00Z' })).toMatch(/from its planned time on/);
});

it('says before a test is stopped what is lost by it', () => {
  expect(stopConsequence({ phase: 'running', method: 'sequence' })).toContain('a winner can be shipped');
  expect(stopConsequence({ phase: 'running', method: 'fixedHorizon' })).toContain('stopped before, it is never judged');
  expect(stopConsequence({ phase: 'scheduled', method: 'sequence' })).toContain('It does not begin');
});

it('does not say that units are too few where it is the end that has not come', () => {
  expect(verdictInWords({ verdict: 'insufficientData', reason: 'before-planned-end' })).toBe('not judged');
  expect(verdictInWords({ verdict: 'insufficientData', reason: 'insufficient-data' })).toBe('too few units');
});
