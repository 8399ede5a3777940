import { describe, expect, it } from 'vitest';
import type { RolloutStatus } from '../api/answers.ts';
import { rolloutAnswer } from './rollout-answer.ts';

const criterion = { name: 'errorRate', metric: 'errorRate' } as RolloutStatus['criteria'][number];
const judged = (verdict: RolloutStatus['verdicts'][number]['verdict'], dryRun = false) =>
  ({ criterion: 'errorRate', verdict, dryRun, message: '' }) as RolloutStatus['verdicts'][number];

const BAKING: RolloutStatus = {
  flag: 'search',
  number: 1,
  strategy: 'canary',
  phase: 'baking',
  state: { name: 'baking', stage: 1 },
  currentPercentage: 5,
  stage: 1,
  stagePercentages: [1, 5, 100],
  bakeMs: 300_000,
  bakeRemainingMs: 120_000,
  exposures: 400,
  waitingFor: 'the bake: 180 s of 300 s observed',
  verdicts: [judged('pass')],
  criteria: [criterion],
  evidence: [],
  warnings: [],
  error: null,
  endedBecause: null,
  startedAt: '2026-03-01T12:00:00.000Z',
  endedAt: null,
};
const ENDED = { stage: null, bakeRemainingMs: null, waitingFor: null, endedAt: '2026-03-01T13:00:00.000Z' } as const;
const said = (changed: Partial<RolloutStatus>): string => {
  const { moving, safe, next } = rolloutAnswer({ ...BAKING, ...changed });
  return `${moving} ${safe} ${next}`;
};

describe('the answer at the top of a rollout', () => {
  it('says what is moving, whether it is safe, and what follows', () => {
    expect(said({})).toBe(
      '5 % have the change, stage 2 of 3. It is safe so far, by every criterion. Nothing to do: 100 % follow after 2 min more, and harm takes it back.',
    );
    expect(said({ state: { name: 'finalizing', stage: 2 }, stage: 2, currentPercentage: 100 })).toContain(
      'it completes after 2 min more',
    );
    expect(said({ bakeRemainingMs: 0, waitingFor: 'the validator "check"' })).toContain(
      '100 % follow after the validator "check"',
    );
  });

  it('never calls safe what was not judged, or not enough, or only tried out', () => {
    for (const verdicts of [[], [judged('wait')], [judged('pass'), judged('error')], [judged('pass', true)]])
      expect(rolloutAnswer({ ...BAKING, verdicts }).safety).toBe('unknown');
    expect(rolloutAnswer({ ...BAKING, verdicts: [], criteria: [] }).safety).toBe('unknown');
    expect(rolloutAnswer({ ...BAKING, verdicts: [judged('pass'), judged('fail')] }).safety).toBe('harm');
    expect(rolloutAnswer({ ...BAKING, verdicts: [judged('pass'), judged('fail', true)] }).safety).toBe('safe');
  });

  it('promises no way back by itself where nothing is measured', () => {
    expect(said({ verdicts: [], criteria: [] })).toMatch(/100 % follow after 2 min more\.$/);
  });

  it('says what a person has to decide, where it does not go on by itself', () => {
    const asks = (state: RolloutStatus['state']) => {
      const { needsPerson, next } = rolloutAnswer({ ...BAKING, state });
      return [needsPerson, next];
    };
    const held = { name: 'held', reason: 'manual', message: 'lunch', since: 1, resumesTo: { name: 'baking', stage: 1 } } as const;
    expect(asks({ name: 'awaitingApproval', stage: 1, since: 1 })).toEqual([
      true,
      'Look at the figures below, then approve or reject.',
    ]);
    expect(asks({ name: 'pending', startAt: null, approvalSince: 1 })[0]).toBe(true);
    expect(asks({ ...held, clearsWith: null })).toEqual([true, 'Resume it or take it back: lunch.']);
    expect(asks({ ...held, clearsWith: 'data' })[0]).toBe(false);
  });

  it('says how it ended', () => {
    expect(said({ ...ENDED, state: { name: 'completed' }, currentPercentage: 100 })).toMatch(
      /^It is done: 100 %.*rolled back\.$/,
    );
    expect(said({ ...ENDED, state: { name: 'rolledBack', cause: 'harm', message: '' }, currentPercentage: 0 })).toContain(
      'It did harm, and was taken back. Read the report',
    );
    expect(said({ ...ENDED, state: { name: 'aborted', message: '' }, currentPercentage: 0 })).toContain('It ended before');
  });
});
