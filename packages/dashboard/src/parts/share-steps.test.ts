import { expect, it } from 'vitest';
import { shareSteps } from './share-steps.ts';

it('the share is that of every transition that moved it, and stands until now', () => {
  const events = [
    { seq: 4, at: 400, detail: { fromPercentage: 10, toPercentage: 0 } },
    { seq: 3, at: 300, detail: { message: 'waits' } },
    { seq: 2, at: 200, detail: { stage: 1, percentage: 10, sharePercentage: 10 } },
    { seq: 1, at: 100, detail: { stage: 0, percentage: 1, sharePercentage: 1 } },
  ];
  expect(shareSteps(events, 500)).toEqual([
    { at: 100, percentage: 1 },
    { at: 200, percentage: 10 },
    { at: 400, percentage: 0 },
    { at: 500, percentage: 0 },
  ]);
  expect(shareSteps(events, 400)).toHaveLength(3);
  expect(shareSteps([], 400)).toEqual([]);
});
