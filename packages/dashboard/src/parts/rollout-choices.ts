/** What the start dialog asks for, as settings of a rollout. */
import type { RolloutSettings } from '@sluice/core';

export interface Choices {
  readonly strategy: 'canary' | 'percentage' | 'blueGreen' | 'ring';
  /** 0 to 100. */
  readonly target: number;
  readonly bakeMinutes: number;
  /** How many times the control's error rate it may have. */
  readonly tolerated: number;
  readonly isManual: boolean;
  readonly reason: string;
}

export const FIRST_CHOICES: Choices = {
  strategy: 'canary',
  target: 100,
  bakeMinutes: 5,
  tolerated: 1.2,
  isManual: false,
  reason: '',
};

export const STRATEGIES = [
  {
    strategy: 'canary',
    label: 'Canary',
    hint: 'A little traffic first: 1, 5, 10, 25, 50 and 100 %, each judged before the next.',
  },
  { strategy: 'percentage', label: 'Percentage', hint: 'In four even steps up to the target.' },
  {
    strategy: 'blueGreen',
    label: 'Blue-green',
    hint: 'The preview group sees it first; then everybody at once, with the way back kept warm.',
  },
  { strategy: 'ring', label: 'Rings', hint: 'The groups internal and beta first, then everybody.' },
] as const;

const STEPS = 4;

export function settingsOf({ strategy, target, bakeMinutes, tolerated, isManual }: Choices): RolloutSettings {
  const steps = Array.from({ length: STEPS }, (_, step) => Math.round(((step + 1) * target * 1000) / STEPS) / 1000);
  return {
    strategy,
    targetPercentage: target,
    bakeMs: Math.round(bakeMinutes * 60_000),
    autoAdvance: !isManual,
    criteria: [{ metric: 'errorRate', versusControl: tolerated }],
    ...(strategy === 'percentage' ? { stages: steps } : {}),
  };
}
