import { describe, expect, it } from 'vitest';
import { type CriterionChoice, FIRST_CHOICES, isWhole, settingsOf, slowMetric, stagesIn } from './rollout-choices.ts';

describe('the choices of a rollout', () => {
  it('are settings of the strategy that is chosen', () => {
    expect(settingsOf(FIRST_CHOICES)).toEqual({
      strategy: 'canary',
      targetPercentage: 100,
      bakeMs: 300_000,
      autoAdvance: true,
      criteria: [{ metric: 'errorRate', versusControl: 1.2 }],
    });
  });

  it('are stages as they are typed, else even ones, and only where the strategy has some', () => {
    const percentage = { ...FIRST_CHOICES, strategy: 'percentage', target: 50 } as const;
    expect(settingsOf(percentage).stages).toEqual([12.5, 25, 37.5, 50]);
    expect(settingsOf({ ...percentage, stages: '5 %, 20; 50' }).stages).toEqual([5, 20, 50]);
    expect(settingsOf({ ...FIRST_CHOICES, stages: '5, 20' })).not.toHaveProperty('stages');
  });

  it('name the source of a criterion where it is not the own collector', () => {
    const criteria = [
      { id: 1, metric: 'errorRate', source: 'prometheus', kind: 'versusControl', bound: 1.2 },
      { id: 2, metric: ' mean(relevance) ', source: 'quality', kind: 'min', bound: 0.8 },
      { id: 3, metric: 'p95', source: 'collector', kind: 'max', bound: 300 },
    ] as const;
    expect(settingsOf({ ...FIRST_CHOICES, criteria }).criteria).toEqual([
      { metric: 'errorRate', versusControl: 1.2, source: 'prometheus' },
      { metric: 'mean(relevance)', min: 0.8, source: 'quality' },
      { metric: 'p95', max: 300 },
    ]);
  });

  it('say what is slow of a quantile against the control, and of nothing else', () => {
    const slow = { id: 1, metric: ' p95(render) ', kind: 'versusControl', bound: 1.2, slowerThan: 300 } as const;
    const settings = (choice: CriterionChoice) => settingsOf({ ...FIRST_CHOICES, criteria: [choice] }).criteria;
    expect(settings(slow)).toEqual([{ metric: 'p95(render)', versusControl: 1.2, slowerThan: 300 }]);
    expect(settings({ ...slow, kind: 'max', bound: 250 })).toEqual([{ metric: 'p95(render)', max: 250 }]);
    expect(settings({ ...slow, metric: 'mean(seconds)' })).toEqual([{ metric: 'mean(seconds)', versusControl: 1.2 }]);
    expect([slowMetric(slow), slowMetric({ ...slow, metric: 'p99' }), slowMetric({ ...slow, metric: 'errorRate' })]).toEqual([
      'render',
      'latency',
      null,
    ]);
    expect(isWhole({ ...FIRST_CHOICES, criteria: [{ ...slow, slowerThan: null }] })).toBe(false);
    expect(isWhole({ ...FIRST_CHOICES, criteria: [slow] })).toBe(true);
  });

  it('are not whole while a stage is no number or a criterion has no metric', () => {
    expect(stagesIn('5, a lot')).toBeNull();
    expect(isWhole({ ...FIRST_CHOICES, strategy: 'percentage', stages: '5, a lot' })).toBe(false);
    expect(isWhole({ ...FIRST_CHOICES, criteria: [{ id: 1, metric: ' ', kind: 'max', bound: 1 }] })).toBe(false);
    expect(isWhole(FIRST_CHOICES)).toBe(true);
  });

  it('are not whole while a number was taken out and none was typed', () => {
    expect(isWhole({ ...FIRST_CHOICES, target: Number.NaN })).toBe(false);
    expect(isWhole({ ...FIRST_CHOICES, bakeMinutes: Number.NaN })).toBe(false);
    expect(isWhole({ ...FIRST_CHOICES, criteria: [{ id: 1, metric: 'errorRate', kind: 'max', bound: Number.NaN }] })).toBe(false);
  });
});
