import { describe, expect, it } from 'vitest';
import { gates } from './stage-gates.ts';

const state = { name: 'preflight' } as const;
const stages = { state, stagePercentages: [1, 5, 25], bakeMs: 1000, bakeRemainingMs: 250 } as const;
const drawn = (...args: Parameters<typeof gates>) => gates(...args).map(({ state, filled }) => [state, filled]);

describe('the stages as they are drawn', () => {
  it('are full where they are passed, filled as they bake, and empty ahead', () => {
    expect(drawn({ ...stages, phase: 'baking', stage: 1 })).toEqual([
      ['passed', 1],
      ['current', 0.75],
      ['ahead', 0],
    ]);
  });

  it('show a little from the first moment on, and never more than all', () => {
    expect(drawn({ ...stages, phase: 'baking', stage: 0, bakeRemainingMs: 1000 })[0]).toEqual(['current', 0.08]);
    expect(drawn({ ...stages, phase: 'baking', stage: 0, bakeRemainingMs: -5 })[0]).toEqual(['current', 1]);
    expect(drawn({ ...stages, phase: 'baking', stage: 0, bakeMs: 0, bakeRemainingMs: 0 })[0]).toEqual(['current', 1]);
  });

  it('say who is waited for, and where it was taken back, as far as that is known', () => {
    expect(drawn({ ...stages, phase: 'awaiting_approval', stage: 1 })[1]).toEqual(['waiting', 1]);
    expect(drawn({ ...stages, phase: 'held', stage: 1 })[1]).toEqual(['held', 1]);
    expect(drawn({ ...stages, phase: 'failed', stage: null }, 1).map(([state]) => state)).toEqual(['passed', 'failed', 'ahead']);
    expect(drawn({ ...stages, phase: 'failed', stage: null }).map(([state]) => state)).toEqual(['ahead', 'ahead', 'ahead']);
    expect(drawn({ ...stages, phase: 'completed', state: { name: 'completed' }, stage: null }).map(([state]) => state)).toEqual([
      'passed',
      'passed',
      'passed',
    ]);
  });

  it('are all passed where a gradual rollback came down, and not where harm took it back', () => {
    const ended = (cause: 'gradual' | 'harm') =>
      drawn({ ...stages, phase: 'rolled_back', state: { name: 'rolledBack', cause, message: '' }, stage: null }, 2);
    expect(ended('gradual').map(([state]) => state)).toEqual(['passed', 'passed', 'passed']);
    expect(ended('harm').at(-1)).toEqual(['failed', 1]);
  });
});
