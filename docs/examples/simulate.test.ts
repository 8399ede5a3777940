import { simulateRollout } from 'sluice';
import { expect, it } from 'vitest';

it('a plan is tried out before it starts', () => {
  // #region simulate
  const plan = { strategy: 'canary', criteria: [{ metric: 'errorRate', versusControl: 1.2 }] } as const;
  const world = { unitsPerSecond: 50, errorRate: 0.02, changeErrorRate: 0.06 };
  const { falseRollback, assumed } = simulateRollout(plan, world, { replicates: 20 });
  falseRollback; // 0: of 20 harmless changes none would be taken back
  assumed.rolledBack; // 1: the change that errs three times as often always is
  assumed.detectionMs; // { p50: …, p90: …, p99: … } after the start
  assumed.exposedUnits; // { p50: …, p90: …, p99: … } units that were served it until then
  // #endregion
  expect({ falseRollback, rolledBack: assumed.rolledBack }).toEqual({ falseRollback: 0, rolledBack: 1 });
});
