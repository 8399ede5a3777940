/** Taking a change back: at once, step by step, or for named users only. */
import {
  type Attribution,
  type EventType,
  isEnded,
  isRefusal,
  type LoggedEvent,
  liveVersion,
  percentageOfOthers,
  planGradualRollback,
  planImmediateRollback,
  planRollbackToVersion,
  planTargetedRollback,
  SluiceError,
  servedShare,
  shareToPercentage,
} from '@sluice/core';
import type { VersionLoader } from './components/loader.ts';
import { type RegisterOptions, registerVersion } from './components/registration.ts';
import type { VersionDetails } from './components/version-details.ts';
import { controllerOf } from './controllers.ts';
import { checkDescending } from './descending-stages.ts';
import { ends } from './endings.ts';
import { checkedUserIds } from './excluded-users.ts';
import type { FeatureFlagManager } from './feature-flag-manager.ts';
import type { HotSwapManager } from './hot-swap-manager.ts';
import { attributionWithReason, checkOptions, type MutationOptions } from './mutation.ts';
import type { Decide, Runtime } from './runtime.ts';
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

export interface ImmediateRollbackOptions extends RollbackOptions {
  /** The registered version of the component that everybody shall have again, instead of the kill. */
  readonly rollbackToVersion?: string;
}

export interface RollbackResult {
  /** The place of the rollback in the log; null when nothing had to change. */
  readonly id: number | null;
  readonly flag: string;
  readonly strategy: RollbackStrategy;
  /** False when the flag was there already. */
  readonly changed: boolean;
  /** Of the units, who gets a variant other than off; when going back to a version, who gets another version. */
  readonly fromPercentage: number;
  readonly toPercentage: number;
  /** A gradual rollback is `inProgress` when it is started, and `stopped` when it was aborted, killed or replaced before its last stage. */
  readonly status: 'completed' | 'inProgress' | 'stopped';
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

const STRATEGIES: Partial<Record<EventType, RollbackStrategy>> = {
  'rollback.immediate': 'immediate',
  'rollback.gradual': 'gradual',
  'rollback.targeted': 'targeted',
  'rollout.rolledBack': 'automatic',
};

const ROLLBACK_OPTIONS = ['reason', 'actor'];

export class RollbackManager {
  readonly #runtime: Runtime;
  readonly #hotSwap: HotSwapManager | null;

  /**
   * With a hot-swap manager, going back to a version also loads it and waits for the drain of what served before; without, it is the commit.
   * @throws SluiceError `invalid` when the two were built over different flags
   */
  constructor(flags: FeatureFlagManager, hotSwap?: HotSwapManager) {
    this.#runtime = flags.runtime;
    this.#hotSwap = hotSwap ?? null;
    if (hotSwap?.standsOn(flags.runtime) === false)
      throw new SluiceError('invalid', 'RollbackManager: `hotSwap` must be built over the same FeatureFlagManager as this');
    controllerOf(this.#runtime);
  }

  /** Adds a version of a component: the same registry as `HotSwapManager.registerVersion`. */
  registerVersion<Instance>(
    component: string,
    version: string,
    load?: VersionLoader<Instance>,
    options: RegisterOptions<Instance> = {},
  ): Promise<VersionDetails> {
    return registerVersion(this.#runtime, component, version, load, options);
  }

  /**
   * Off for everybody in one commit; with `rollbackToVersion`, that version for everybody. Never refused: a rollout or test that owned the share ends.
   * @throws SluiceError `notFound`, `invalid` without a reason
   */
  async rollbackImmediate(name: string, options: ImmediateRollbackOptions): Promise<RollbackResult> {
    const call = `rollbackImmediate("${name}")`;
    checkOptions(call, options, [...ROLLBACK_OPTIONS, 'rollbackToVersion']);
    const by = attributionWithReason(call, options);
    const { rollbackToVersion } = options;
    if (rollbackToVersion !== undefined) return this.#rollToVersion(name, rollbackToVersion, by);
    return this.#roll(name, 'immediate', by, (view, now) => planImmediateRollback(view.facts(name), by, now));
  }

  /** Off for the named users, whatever else lets them in; nobody else notices. `addUserToFlag` lifts it. */
  async rollbackTargeted(
    name: string,
    options: RollbackOptions & { readonly userIds: readonly (string | number)[] },
  ): Promise<RollbackResult> {
    const call = `rollbackTargeted("${name}")`;
    checkOptions(call, options, [...ROLLBACK_OPTIONS, 'userIds']);
    const by = attributionWithReason(call, options);
    const userIds = checkedUserIds(call, options.userIds);
    return this.#roll(name, 'targeted', by, (view, now) => planTargetedRollback(view.facts(name), userIds, by, now));
  }

  /**
   * Takes the share down stage by stage. Resolves when the first stage is reached; `completed()` waits for the last. What moved the share
   * ends, with the groups of its stage. Users and groups enabled by name, and rules, are not touched: a whitelist has no share to take down.
   */
  async rollbackGradual(
    name: string,
    options: RollbackOptions & { readonly stages?: readonly number[]; readonly intervalMs?: number },
  ): Promise<GradualRollback> {
    const call = `rollbackGradual("${name}")`;
    checkOptions(call, options, [...ROLLBACK_OPTIONS, 'stages', 'intervalMs']);
    const by = attributionWithReason(call, options);
    const { stages = [75, 50, 0], intervalMs = 60_000 } = options;
    checkDescending(name, stages, intervalMs);
    const started = await this.#roll(name, 'gradual', by, (view, now) =>
      planGradualRollback(view.facts(name), stages, intervalMs, by, now),
    );
    if (!started.changed) return { ...started, completed: () => Promise.resolve(started) };
    const number = this.#runtime.view.rollouts.get(name)?.number ?? 0;
    return { ...started, status: 'inProgress', completed: () => this.#completed(name, number, started) };
  }

  /** The commit comes first: whatever loads or drains afterwards, nobody is assigned the bad version any more. */
  async #rollToVersion(name: string, version: string, by: Attribution): Promise<RollbackResult> {
    await this.#runtime.ready;
    const { clock, view } = this.#runtime;
    const startedAt = clock.now();
    const found = liveVersion(view.componentFacts(name), version);
    const fromPercentage = isRefusal(found) ? 0 : percentageOfOthers(found.flag, found.known.version);
    const rolled = await this.#roll(name, 'immediate', by, (now, at) =>
      planRollbackToVersion(now.componentFacts(name), version, by, at),
    );
    await this.#hotSwap?.settle(name);
    return { ...rolled, fromPercentage, toPercentage: 0, durationMs: clock.now() - startedAt };
  }

  async #roll(name: string, strategy: RollbackStrategy, by: Attribution, decide: Decide): Promise<RollbackResult> {
    await this.#runtime.ready;
    const startedAt = this.#runtime.clock.now();
    const fromPercentage = this.#percentage(name);
    const committed = await this.#runtime.commit(decide);
    return {
      id: rollbackSeq(committed),
      flag: name,
      strategy,
      changed: committed !== null,
      fromPercentage,
      toPercentage: this.#percentage(name),
      status: 'completed',
      durationMs: this.#runtime.clock.now() - startedAt,
      ...by,
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
    const status = last?.number === number && last.phase.name === 'rolledBack' ? 'completed' : 'stopped';
    return { ...started, status, toPercentage: this.#percentage(name), durationMs };
  }

  #percentage(name: string): number {
    const flag = this.#runtime.view.flag(name);
    return flag === undefined ? 0 : shareToPercentage(servedShare(flag));
  }

  /** Every rollback, automatic ones included, the newest first; `flag` narrows it to one flag. */
  async getRollbackHistory(filter: { readonly flag?: string; readonly limit?: number } = {}): Promise<RollbackRecord[]> {
    await this.#runtime.ready;
    const { flag, limit = 100 } = filter;
    const types = Object.keys(STRATEGIES) as EventType[];
    const query = { scope: this.#runtime.view.scope, types, newestFirst: true, limit };
    const events = await this.#runtime.store.log(flag === undefined ? query : { ...query, key: flag });
    return events
      .filter((event) => event.type !== 'rollout.rolledBack' || event.detail.cause !== 'gradual')
      .map(describeRollback);
  }
}

function rollbackSeq(committed: Committed | null): number | null {
  return committed?.events.find((event) => event.type in STRATEGIES)?.seq ?? null;
}

function describeRollback(event: LoggedEvent): RollbackRecord {
  const { fromPercentage, toPercentage } = event.detail;
  return {
    id: event.seq,
    at: new Date(event.at),
    flag: event.key,
    // A person who rejects a stage takes it back at once; only harm does so by itself.
    strategy: event.detail.cause === 'rejected' ? 'immediate' : (STRATEGIES[event.type] ?? 'automatic'),
    fromPercentage: typeof fromPercentage === 'number' ? fromPercentage : null,
    toPercentage: typeof toPercentage === 'number' ? toPercentage : null,
    actor: event.actor,
    reason: event.reason,
    detail: event.detail,
  };
}
