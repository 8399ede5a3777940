/** Taking a change back: at once, step by step, or for named users only. */
import {
  type Attribution,
  type EmergencyAct,
  type EventType,
  isEnded,
  type LoggedEvent,
  percentageProblem,
  planGradualRollback,
  ROLLBACK_EVENTS,
  rollbackStrategyOf,
  SluiceError,
  servedShare,
  shareToPercentage,
} from '@sluice/core';
import type { EmergencyOutcome } from './break-glass/break-glass.ts';
import { controllerOf } from './controllers.ts';
import { ends } from './endings.ts';
import type { FeatureFlagManager } from './feature-flag-manager.ts';
import { attributionWithReason, type MutationOptions } from './mutation.ts';
import { loadRollbackReport, type WrittenReport } from './rollback-report.ts';
import type { Runtime } from './runtime.ts';
import type { Committed } from './store/store.ts';

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

export interface RollbackResult {
  /** The place of the rollback in the log; null when nothing had to change, or while the store does not have it. */
  readonly id: number | null;
  readonly flag: string;
  readonly strategy: RollbackStrategy;
  /** False when the flag was there already. */
  readonly changed: boolean;
  readonly fromPercentage: number;
  readonly toPercentage: number;
  /** A gradual rollback is `inProgress` when this is answered. `awaitingStore`: in effect in this process, and not yet in the store. */
  readonly status: 'completed' | 'inProgress' | 'awaitingStore';
  /** False with `awaitingStore`, else true. */
  readonly durable: boolean;
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
  readonly actor: string;
  readonly reason: string;
  readonly detail: LoggedEvent['detail'];
}

type Begun = Pick<RollbackResult, 'flag' | 'strategy' | 'fromPercentage' | 'actor' | 'reason'> & { readonly startedAt: number };

export class RollbackManager {
  readonly #runtime: Runtime;

  constructor(flags: FeatureFlagManager) {
    this.#runtime = flags.runtime;
    controllerOf(this.#runtime);
  }

  /**
   * Off for everybody, in effect when this is called, in one commit. Never refused: a rollout or test that owned the share ends. When
   * the store does not take it in time, it is answered as `awaitingStore` and brought there later.
   * @throws SluiceError `notFound`, `invalid` without a reason
   */
  async rollbackImmediate(name: string, options: RollbackOptions): Promise<RollbackResult> {
    const by = attributionWithReason(`rollbackImmediate("${name}")`, options);
    return this.#performed(name, 'immediate', by, { type: 'rollback' });
  }

  /** Off for the named users, whatever else lets them in; nobody else notices. `addUserToFlag` lifts it. */
  async rollbackTargeted(
    name: string,
    options: RollbackOptions & { readonly userIds: readonly string[] },
  ): Promise<RollbackResult> {
    const by = attributionWithReason(`rollbackTargeted("${name}")`, options);
    const { userIds } = options;
    if (!Array.isArray(userIds) || userIds.length === 0 || userIds.some((userId) => typeof userId !== 'string' || userId === ''))
      throw new SluiceError('invalid', `rollbackTargeted("${name}") needs userIds, a list of at least one user id`, {
        issues: [{ path: '/userIds', message: 'must name users' }],
      });
    return this.#performed(name, 'targeted', by, { type: 'exclude', userIds: [...userIds] });
  }

  /** Takes the share down stage by stage. Resolves when the first stage is reached; `completed()` waits for the last. */
  async rollbackGradual(
    name: string,
    options: RollbackOptions & { readonly stages?: readonly number[]; readonly intervalMs?: number },
  ): Promise<GradualRollback> {
    const by = attributionWithReason(`rollbackGradual("${name}")`, options);
    const { stages = [75, 50, 0], intervalMs = 60_000 } = options;
    checkDescending(name, stages, intervalMs);
    await this.#runtime.ready;
    const begun = this.#begin(name, 'gradual', by);
    const committed = await this.#runtime.commit((view, now) =>
      planGradualRollback(view.facts(name), stages, intervalMs, by, now),
    );
    const started = this.#result(begun, { committed, isDurable: true });
    if (!started.changed) return { ...started, completed: () => Promise.resolve(started) };
    const number = this.#runtime.view.rollouts.get(name)?.number ?? 0;
    return { ...started, status: 'inProgress', completed: () => this.#completed(name, number, started) };
  }

  async #performed(name: string, strategy: RollbackStrategy, by: Attribution, act: EmergencyAct): Promise<RollbackResult> {
    const begun = this.#begin(name, strategy, by);
    return this.#result(begun, await this.#runtime.emergency({ key: name, act, ...by }));
  }

  #begin(name: string, strategy: RollbackStrategy, by: Attribution): Begun {
    return { flag: name, strategy, fromPercentage: this.#percentage(name), startedAt: this.#runtime.clock.now(), ...by };
  }

  #result({ startedAt, ...begun }: Begun, { committed, isDurable }: EmergencyOutcome): RollbackResult {
    return {
      id: rollbackSeq(committed),
      changed: committed !== null || !isDurable,
      toPercentage: this.#percentage(begun.flag),
      status: isDurable ? 'completed' : 'awaitingStore',
      durable: isDurable,
      durationMs: this.#runtime.clock.now() - startedAt,
      ...begun,
    };
  }

  async #completed(name: string, number: number, started: RollbackResult): Promise<RollbackResult> {
    let last = this.#runtime.view.rollouts.get(name);
    await ends(this.#runtime, (view) => {
      const rollout = view.rollouts.get(name);
      if (rollout?.number !== number) return true;
      last = rollout;
      return isEnded(rollout.phase);
    });
    const durationMs = (last?.endedAt ?? this.#runtime.clock.now()) - (last?.startedAt ?? 0);
    return { ...started, status: 'completed', toPercentage: this.#percentage(name), durationMs };
  }

  #percentage(name: string): number {
    const flag = this.#runtime.view.served(name);
    return flag === undefined ? 0 : shareToPercentage(servedShare(flag));
  }

  /** Every rollback, automatic ones included, the newest first; `flag` narrows it to one flag. */
  async getRollbackHistory(filter: { readonly flag?: string; readonly limit?: number } = {}): Promise<RollbackRecord[]> {
    await this.#runtime.ready;
    const { flag, limit = 100 } = filter;
    const types = Object.keys(ROLLBACK_EVENTS) as EventType[];
    const query = { scope: this.#runtime.view.scope, types, newestFirst: true, limit };
    const events = await this.#runtime.store.log(flag === undefined ? query : { ...query, key: flag });
    return events.filter((event) => rollbackStrategyOf(event) !== null).map(describeRollback);
  }

  /** The post-mortem of a rollback: its facts, and their Markdown with what people have to fill in. `id` is that of its result or history entry. @throws SluiceError `notFound` */
  getRollbackReport(id: number): Promise<WrittenReport> {
    return loadRollbackReport(this.#runtime, id);
  }
}

function rollbackSeq(committed: Committed | null): number | null {
  return committed?.events.find((event) => event.type in ROLLBACK_EVENTS)?.seq ?? null;
}

function describeRollback(event: LoggedEvent): RollbackRecord {
  const { fromPercentage, toPercentage } = event.detail;
  return {
    id: event.seq,
    at: new Date(event.at),
    flag: event.key,
    strategy: rollbackStrategyOf(event) ?? 'automatic',
    fromPercentage: typeof fromPercentage === 'number' ? fromPercentage : null,
    toPercentage: typeof toPercentage === 'number' ? toPercentage : null,
    actor: event.actor,
    reason: event.reason,
    detail: event.detail,
  };
}

function checkDescending(name: string, stages: readonly number[], intervalMs: number): void {
  const call = `rollbackGradual("${name}")`;
  if (!Array.isArray(stages) || stages.length === 0)
    throw new SluiceError('invalid', `${call}: stages must be a list of percentages such as [75, 50, 0]`);
  for (const [index, stage] of stages.entries()) {
    const before = stages[index - 1];
    const problem =
      percentageProblem(stage) ??
      (before !== undefined && stage >= before ? `must be below the stage before it, ${before}` : null);
    if (problem !== null)
      throw new SluiceError('invalid', `${call}: stages[${index}] ${problem}; it is ${String(stage)}`, {
        issues: [{ path: `/stages/${index}`, message: problem }],
      });
  }
  if (!Number.isFinite(intervalMs) || intervalMs < 0)
    throw new SluiceError('invalid', `${call}: intervalMs must be 0 or more milliseconds; it is ${String(intervalMs)}`);
}
