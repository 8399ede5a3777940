/** What is asked of a rollback, what it answers, and what the history tells of it. */
import { type GradualStop, type LoggedEvent, rollbackStrategyOf } from '@sluice/core';
import type { MutationOptions } from './mutation.ts';

export const RollbackStrategy = {
  IMMEDIATE: 'immediate',
  GRADUAL: 'gradual',
  TARGETED: 'targeted',
  AUTOMATIC: 'automatic',
} as const;
export type RollbackStrategy = (typeof RollbackStrategy)[keyof typeof RollbackStrategy];

export interface RollbackOptions extends MutationOptions {
  /** A rollback without a reason is refused. */
  readonly reason: string;
}

export interface ImmediateRollbackOptions extends RollbackOptions {
  /** The registered version of the component that everybody shall have again, instead of the kill. */
  readonly rollbackToVersion?: string;
}

export interface RollbackResult {
  /** The place of the rollback in the log; null when nothing had to change, or while the store does not have it. */
  readonly id: number | null;
  readonly flag: string;
  readonly strategy: RollbackStrategy;
  /** False when the flag was there already. */
  readonly changed: boolean;
  /** Of the units, who gets a variant other than off; when going back to a version, who gets another version. */
  readonly fromPercentage: number;
  readonly toPercentage: number;
  /**
   * A gradual rollback is `inProgress` when it is started, and `stopped` when it was aborted, killed or replaced before its last stage.
   * `awaitingStore`: in effect in this process, and not yet in the store. `notLoaded`: in the store, for every process, but this one cannot
   * load the version and goes on with the one it has.
   */
  readonly status: 'completed' | 'inProgress' | 'stopped' | 'awaitingStore' | 'notLoaded';
  /** False with `awaitingStore`, else true. */
  readonly durable: boolean;
  /** False when the version gone back to does not load in this process; true also where nothing is to be loaded. */
  readonly loaded: boolean;
  /** What went otherwise than asked, in words: which version serves here instead, and why. */
  readonly warnings: readonly string[];
  readonly durationMs: number;
  readonly actor: string;
  readonly reason: string;
}

/** The answer of a gradual rollback, which goes on after it was started. */
export interface GradualRollback extends RollbackResult {
  /** Resolves when the last stage is reached, or the rollback is stopped or replaced on the way. */
  completed(): Promise<RollbackResult>;
}

export interface RollbackRecord {
  readonly id: number;
  readonly at: Date;
  readonly flag: string;
  readonly strategy: RollbackStrategy;
  readonly fromPercentage: number | null;
  readonly toPercentage: number | null;
  /** Where a gradual rollback was stopped on the way to `toPercentage`; else null. */
  readonly stopped: GradualStop | null;
  readonly actor: string;
  readonly reason: string;
  readonly detail: LoggedEvent['detail'];
}

export function describeRollback(event: LoggedEvent, stopped: GradualStop | null): RollbackRecord {
  const { fromPercentage, toPercentage } = event.detail;
  return {
    id: event.seq,
    at: new Date(event.at),
    flag: event.key,
    strategy: rollbackStrategyOf(event) ?? 'automatic',
    fromPercentage: typeof fromPercentage === 'number' ? fromPercentage : null,
    toPercentage: typeof toPercentage === 'number' ? toPercentage : null,
    stopped,
    actor: event.actor,
    reason: event.reason,
    detail: event.detail,
  };
}
