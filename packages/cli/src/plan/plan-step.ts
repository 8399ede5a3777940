/** What becomes of one part of a plan, and how that is published. */
import type { FlagSettings, RolloutSettings, SegmentSettings, WebhookSettings } from '@sluice/core';
import { z } from 'zod';
import type { KeptEdit } from './kept-state.ts';
import type { PlannedEdit } from './plan.ts';

export const ACTIONS = ['create', 'update', 'start', 'supersede', 'none', 'left', 'blocked', 'refused'] as const;
export type Action = (typeof ACTIONS)[number];

export const STEP_KINDS = ['segment', 'flag', 'rollout', 'schedule', 'notification'] as const;
export type StepKind = (typeof STEP_KINDS)[number];

export interface FieldChange {
  readonly field: string;
  readonly from: unknown;
  readonly to: unknown;
}

export interface PlanStep {
  readonly kind: StepKind;
  readonly key: string;
  /** `none`: it is so already; `left`: it is otherwise and left alone; `blocked`: by what is under way; `refused`: it cannot be so. */
  readonly action: Action;
  readonly changes: readonly FieldChange[];
  /** Why, where there is something to say. */
  readonly because: string | null;
  /** Whether it opens the flag to everybody in one step. */
  readonly reachesEverybody: boolean;
}

/** A step with what is sent for it. */
export type SegmentStep = PlanStep & { readonly kind: 'segment'; readonly settings: SegmentSettings };
export type FlagStep = PlanStep & { readonly kind: 'flag'; readonly settings: FlagSettings };
export type RolloutStep = PlanStep & { readonly kind: 'rollout'; readonly settings: RolloutSettings };
export type ScheduleStep = PlanStep & {
  readonly kind: 'schedule';
  readonly added: readonly PlannedEdit[];
  readonly cancelled: readonly KeptEdit[];
};
export type NotificationStep = PlanStep & { readonly kind: 'notification'; readonly settings: WebhookSettings };
export type DoableStep = SegmentStep | FlagStep | RolloutStep | ScheduleStep | NotificationStep;

const CHANGING: ReadonlySet<Action> = new Set(['create', 'update', 'start', 'supersede']);

export function changesSomething({ action }: PlanStep): boolean {
  return CHANGING.has(action);
}

/** As it is told: without what would be sent. */
export function toldStep({ kind, key, action, changes, because, reachesEverybody }: PlanStep): PlanStep {
  return { kind, key, action, changes, because, reachesEverybody };
}

export const stepSchema = z.object({
  kind: z.enum(STEP_KINDS),
  key: z.string(),
  action: z.enum(ACTIONS),
  changes: z.array(z.object({ field: z.string(), from: z.unknown(), to: z.unknown() })),
  because: z.string().nullable(),
  reachesEverybody: z.boolean(),
});
