import { describe, expect, it } from 'vitest';
import { waitsFor } from './waits-for.ts';

const stagePercentages = [10, 100];

describe('what a rollout waits for', () => {
  it('is said without the names of methods', () => {
    const pending = { name: 'pending', startAt: null, approvalSince: 1 } as const;
    expect(waitsFor({ waitingFor: 'approveStart', state: pending, stagePercentages })).toBe('somebody to approve its start');
    const awaiting = { name: 'awaitingApproval', stage: 0, since: 1 } as const;
    expect(waitsFor({ waitingFor: 'approveStage', state: awaiting, stagePercentages })).toBe(
      'somebody to approve the next stage, 100 %',
    );
    expect(waitsFor({ waitingFor: 'approveStage', state: { ...awaiting, stage: 1 }, stagePercentages })).toBe(
      'somebody to approve that it is done',
    );
    const baking = { name: 'baking', stage: 0 } as const;
    expect(waitsFor({ waitingFor: 'resumeRollout: lunch', state: baking, stagePercentages })).toBe(
      'somebody to resume it: lunch',
    );
    expect(waitsFor({ waitingFor: 'the bake', state: baking, stagePercentages })).toBe('the bake');
    expect(waitsFor({ waitingFor: null, state: { name: 'completed' }, stagePercentages })).toBeNull();
  });
});
