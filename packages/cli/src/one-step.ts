/** Rollouts that are one step to everybody. */
import type { RolloutSettings } from '@sluice/core';

/** Whether one step opens it to everybody who was not named. */
export function isOneStep({ strategy, stages }: RolloutSettings): boolean {
  const [first] = stages ?? [];
  return strategy === 'blueGreen' || (typeof first === 'number' ? first === 100 : first?.percentage === 100);
}
