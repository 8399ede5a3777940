import { describe, expect, it } from 'vitest';
import { SluiceError } from '../error.ts';
import { parseTestSettings } from './settings.ts';

const arm = (variant: string, weight?: number) => ({
  variant,
  component: `${variant}-model`,
  ...(weight === undefined ? {} : { weight }),
});
const pathsOf = (more: object): string[] => {
  try {
    parseTestSettings({ testId: 't', ...more });
    return [];
  } catch (error) {
    return error instanceof SluiceError ? error.issues.map((issue) => issue.path) : ['threw'];
  }
};

describe('the arms of a test', () => {
  it('are two by their components, or a list with the control first', () => {
    const two = parseTestSettings({ testId: 't', controlComponent: 'a', treatmentComponent: 'b', trafficSplit: 0.3 });
    expect(two.arms).toEqual([
      { variant: 'control', component: 'a', weight: 70_000 },
      { variant: 'treatment', component: 'b', weight: 30_000 },
    ]);
    const three = parseTestSettings({ testId: 't', arms: [arm('control'), arm('fast'), arm('cheap')] });
    expect(three.arms.map((one) => one.weight)).toEqual([33_334, 33_333, 33_333]);
    expect(
      parseTestSettings({ testId: 't', arms: [arm('control', 0.5), arm('fast', 0.2), arm('cheap', 0.3)] }).arms,
    ).toHaveLength(3);
  });

  it('are told how to get equal parts where a third has too many decimals', () => {
    expect(() => parseTestSettings({ testId: 't', arms: ['control', 'b', 'c'].map((name) => arm(name, 1 / 3)) })).toThrow(
      '/arms/0/weight may have at most five decimals, or be left out of all arms for equal parts; it is 0.3333333333333333',
    );
  });

  it('are refused with the place of what is wrong', () => {
    expect(pathsOf({ arms: [arm('control')] })).toEqual(['/arms']);
    expect(pathsOf({ arms: [arm('control', 0.5), arm('b', 0.4)] })).toEqual(['/arms']);
    expect(pathsOf({ arms: [arm('control', 0.5), arm('b')] })).toEqual(['/arms']);
    expect(pathsOf({ arms: [arm('a'), arm('control')] })).toEqual(['/arms/0/variant', '/arms/1/variant']);
    expect(pathsOf({ arms: [arm('control'), arm('b'), arm('b')] })).toEqual(['/arms/2/variant', '/arms/2/component']);
    expect(pathsOf({ arms: [arm('control'), arm('1')] })).toEqual(['/arms/1/variant']);
    expect(pathsOf({ arms: [arm('control'), { ...arm('b'), share: 1 }] })).toEqual(['/arms/1/share']);
    expect(pathsOf({ arms: [arm('control', 0.9999999), arm('b', 0)] })).toEqual(['/arms/0/weight', '/arms/1/weight']);
    expect(pathsOf({ arms: [arm('control'), arm('b')], trafficSplit: 0.5 })).toEqual(['/trafficSplit']);
    expect(pathsOf({ arms: Array.from({ length: 11 }, (_, index) => arm(index === 0 ? 'control' : `v${index}`)) })).toEqual([
      '/arms',
    ]);
    expect(pathsOf({ controlComponent: 'a', treatmentComponent: 'b', trafficSplit: 1 })).toEqual(['/trafficSplit']);
  });
});

it('refuses a traffic share that is none and a condition that is none', () => {
  const two = { controlComponent: 'a', treatmentComponent: 'b' };
  for (const trafficShare of [0, 1.1, -1, Number.NaN, '0.5', 0.1234567])
    expect(pathsOf({ ...two, trafficShare })).toEqual(['/trafficShare']);
  expect(pathsOf({ ...two, trafficShare: 0.12345, eligibility: { plan: 'pro' } })).toEqual([]);
  expect(pathsOf({ ...two, eligibility: { age: { above: 3 } } })).toEqual(['/eligibility/age/above']);
});

it('reads a method, a planned size, margins and caps, and names what is wrong with them', () => {
  const plan = { testId: 't', controlComponent: 'a', treatmentComponent: 'b' };
  const guardrail = { name: 'latency', role: 'guardrail', margin: 0.1, cap: 9 };
  expect(parseTestSettings({ ...plan, method: 'fixedHorizon', plannedUnits: 100, trackedMetrics: [guardrail] })).toMatchObject({
    method: 'fixedHorizon',
    plannedUnits: 100,
    trackedMetrics: [{ ...guardrail, goal: 'decrease', aggregation: 'mean' }],
  });
  expect(parseTestSettings(plan)).toMatchObject({ method: 'sequence', plannedUnits: null });
  const wrong: readonly (readonly [object, string])[] = [
    [{ method: 'welch' }, '/method must be one of sequence, fixedHorizon; it is "welch"'],
    [{ plannedUnits: 99 }, '/plannedUnits must be a whole number, 100 or more; it is 99'],
    [{ trackedMetrics: [{ ...guardrail, margin: -0.1 }] }, '/trackedMetrics/0/margin must be a fraction from 0 to 1; it is -0.1'],
    [{ trackedMetrics: [{ name: 'a', margin: 0.1 }] }, '/trackedMetrics/0/margin is for guardrails alone'],
    [{ trackedMetrics: [{ name: 'a', cap: Number.NaN }] }, '/trackedMetrics/0/cap must be a finite number; it is NaN'],
  ];
  for (const [settings, message] of wrong) expect(() => parseTestSettings({ ...plan, ...settings })).toThrow(message);
});

it('reads covariates, windows and ratios, and names what is wrong with them', () => {
  const views = { name: 'views', aggregation: 'sum', role: 'secondary' };
  const trackedMetrics = [{ name: 'clicks', per: 'views' }, views, { name: 'spent', covariate: true, windowDays: 7 }];
  const plan = { testId: 't', controlComponent: 'a', treatmentComponent: 'b' };
  expect(parseTestSettings({ ...plan, trackedMetrics }).trackedMetrics).toMatchObject([
    { name: 'clicks', per: 'views', aggregation: 'sum' },
    views,
    { name: 'spent', covariate: true, windowDays: 7, aggregation: 'mean' },
  ]);
  const wrong: readonly (readonly [object, string])[] = [
    [{ name: 'a', covariate: 1 }, '/0/covariate must be true or false; it is 1'],
    [{ name: 'a', windowDays: 0 }, '/0/windowDays must be above 0 and at most 3650; it is 0'],
    [{ name: 'a', per: '' }, '/0/per must be the name of a tracked metric; it is ""'],
    [{ name: 'a', per: 'views', covariate: true }, '/0/covariate is not for a metric with "per"'],
    [{ name: 'a', per: 'views', aggregation: 'mean' }, '/0/aggregation must be sum or count where there is "per"; it is "mean"'],
    [{ name: 'a', per: 'sights' }, '/0/per names "sights", which is not tracked; add { name: "sights", aggregation: "sum"'],
    [{ name: 'a', per: 'a' }, '/0/per must name another metric, one without "per"'],
    [{ name: 'a', per: 'speed' }, '/0/per names "speed", whose aggregation is mean; it must be sum or count'],
    [{ name: 'a', per: 'views', windowDays: 2 }, '/0/per names "views", which must have the same windowDays'],
  ];
  for (const [metric, message] of wrong)
    expect(() => parseTestSettings({ ...plan, trackedMetrics: [metric, views, { name: 'speed' }] })).toThrow(
      `/trackedMetrics${message}`,
    );
});

it('reads the dimensions of a test, a few names', () => {
  const plan = { testId: 't', controlComponent: 'a', treatmentComponent: 'b' };
  expect(parseTestSettings({ ...plan, dimensions: ['plan', 'country'] }).dimensions).toEqual(['plan', 'country']);
  expect(parseTestSettings(plan).dimensions).toEqual([]);
  const wrong: readonly (readonly [unknown, string])[] = [
    ['plan', '/dimensions must be a list of names of attributes; it is "plan"'],
    [[''], '/dimensions must be a list of names of attributes'],
    [['a', 'b', 'c', 'd', 'e', 'f'], '/dimensions must have at most 5 names'],
    [['a', 'a'], '/dimensions must name each attribute once'],
  ];
  for (const [dimensions, message] of wrong) expect(() => parseTestSettings({ ...plan, dimensions })).toThrow(message);
});

it('reads tests for one look, which a test with one look alone may name', () => {
  const plan = { testId: 't', controlComponent: 'a', treatmentComponent: 'b' };
  const of =
    (metric: object, method = 'fixedHorizon') =>
    () =>
      parseTestSettings({ ...plan, method, trackedMetrics: [{ name: 'm', ...metric }] }).trackedMetrics[0]?.test;
  expect(['welch', 'twoProportion', 'mannWhitney'].map((test) => of({ test })())).toEqual([
    'welch',
    'twoProportion',
    'mannWhitney',
  ]);
  expect(of({ test: 'welch', covariate: true })()).toBe('welch');
  expect(of({ test: 't' })).toThrow('/trackedMetrics/0/test must be one of welch, twoProportion, mannWhitney; it is "t"');
  expect(of({ test: 'welch' }, 'sequence')).toThrow('/trackedMetrics/0/test is for tests with method "fixedHorizon"');
  for (const more of [{ covariate: true }, { role: 'guardrail' }])
    expect(of({ test: 'mannWhitney', ...more })).toThrow(
      '/test must be welch for a guardrail, and where there is a covariate or "per"',
    );
});
