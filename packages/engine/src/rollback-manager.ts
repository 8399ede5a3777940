/** Taking a change back: at once, step by step, or for named users only. */
import {
  type Attribution,
  type EmergencyAct,
  type EventType,
  type Flag,
  type GradualStop,
  gradualStop,
  isEnded,
  isRefusal,
  jsonEqual,
  type LoggedEvent,
  parseVersion,
  percentageOfOthers,
  planGradualRollback,
  type Receipt,
  rollbacksAmong,
  SluiceError,
  servedShare,
  shareToPercentage,
} from '@sluice/core';
import type { EmergencyOutcome } from './break-glass/break-glass.ts';
import type { VersionLoader } from './components/loader.ts';
import { type RegisterOptions, registerVersion } from './components/registration.ts';
import type { VersionDetails } from './components/version-details.ts';
import { poolOf } from './components/version-pool.ts';
import { controllerOf } from './controllers.ts';
import { checkDescending } from './descending-stages.ts';
import { ends } from './endings.ts';
import { checkedUserIds } from './excluded-users.ts';
import type { FlagManager } from './feature-flag-manager.ts';
import type { HotSwapManager } from './hot-swap-manager.ts';
import { attributionWithReason, checkOptions, emergencyAttributionOf, MUTATION_OPTIONS, requestOf } from './mutation.ts';
import { callOn } from './names.ts';
import { newestRollbacks } from './rollback-log.ts';
import { loadRollbackReport, type WrittenReport } from './rollback-report.ts';
import {
  describeRollback,
  type GradualRollback,
  type ImmediateRollbackOptions,
  type RollbackOptions,
  type RollbackRecord,
  type RollbackResult,
  type RollbackStrategy,
} from './rollback-result.ts';
import type { Runtime } from './runtime.ts';
import { runtimeOf } from './runtime-of.ts';
import type { Committed } from './store/store.ts';

type Begun = Pick<RollbackResult, 'flag' | 'strategy' | 'fromPercentage' | 'actor' | 'reason'> & {
  readonly startedAt: number;
  /** As it was served then; undefined while it is not known. */
  readonly before: Flag | undefined;
};

export class RollbackManager {
  readonly #runtime: Runtime;
  readonly #hotSwap: HotSwapManager | null;

  /**
   * With a hot-swap manager, going back to a version also loads it and waits for the drain of what served before; without, it is the commit.
   * @throws SluiceError `invalid` when the two were built over different flags
   */
  constructor(flags: FlagManager, hotSwap?: HotSwapManager) {
    this.#runtime = runtimeOf('RollbackManager', flags);
    this.#hotSwap = hotSwap ?? null;
    if (hotSwap?.standsOn(this.#runtime) === false)
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
   * Off for everybody, in effect when this is called, in one commit; with `rollbackToVersion`, that version for everybody. Never
   * refused: a rollout or test that owned the share ends. What the store does not take in time is answered as `awaitingStore`
   * and brought there later. Resolves after the version was loaded here and what served before is let go of; where it does not load, this
   * process goes on with what it has and says `notLoaded`.
   * @throws SluiceError `notFound`, `invalid` without a reason, `refused` for a version that is not registered or was retired
   */
  async rollbackImmediate(name: string, options: ImmediateRollbackOptions): Promise<RollbackResult> {
    const call = callOn('rollbackImmediate', name);
    checkOptions(call, options, [...MUTATION_OPTIONS, 'rollbackToVersion']);
    const by = attributionWithReason(call, options, emergencyAttributionOf);
    const { rollbackToVersion } = options;
    if (rollbackToVersion !== undefined) return this.#rollToVersion(name, rollbackToVersion, by, requestOf(options));
    return this.#performed(name, 'immediate', by, { type: 'rollback' }, requestOf(options));
  }

  /** Off for the named users, whatever else lets them in; nobody else notices. `addUserToFlag` lifts it. */
  async rollbackTargeted(
    name: string,
    options: RollbackOptions & { readonly userIds: readonly (string | number)[] },
  ): Promise<RollbackResult> {
    const call = callOn('rollbackTargeted', name);
    checkOptions(call, options, [...MUTATION_OPTIONS, 'userIds']);
    const by = attributionWithReason(call, options, emergencyAttributionOf);
    const userIds = checkedUserIds(call, options.userIds);
    return this.#performed(name, 'targeted', by, { type: 'exclude', userIds }, requestOf(options));
  }

  /**
   * Takes the share down stage by stage. Resolves when the first stage is reached; `completed()` waits for the last. What moved the share
   * ends, with the groups of its stage. Users and groups enabled by name, and rules, are not touched: a whitelist has no share to take down.
   */
  async rollbackGradual(
    name: string,
    options: RollbackOptions & { readonly stages?: readonly number[]; readonly intervalMs?: number },
  ): Promise<GradualRollback> {
    const call = callOn('rollbackGradual', name);
    checkOptions(call, options, [...MUTATION_OPTIONS, 'stages', 'intervalMs']);
    const by = attributionWithReason(call, options, emergencyAttributionOf);
    const { stages = [75, 50, 0], intervalMs = 60_000 } = options;
    checkDescending(name, stages, intervalMs);
    await this.#runtime.ready;
    const begun = this.#begin(name, 'gradual', by);
    const committed = await this.#runtime.commit(
      (view, now) => planGradualRollback(view.facts(name), stages, intervalMs, by, now),
      requestOf(options),
    );
    const started = this.#result(begun, { committed, isDurable: true });
    if (!started.changed) return { ...started, completed: () => Promise.resolve(started) };
    const number = this.#runtime.view.rollouts.get(name)?.number ?? 0;
    return { ...started, status: 'inProgress', completed: () => this.#completed(name, number, started) };
  }

  /** The commit comes first: whatever loads or drains afterwards, nobody is assigned the bad version any more. */
  async #rollToVersion(name: string, asked: string, by: Attribution, request?: Receipt): Promise<RollbackResult> {
    const parsed = parseVersion(name, asked);
    if (isRefusal(parsed)) throw new SluiceError(parsed.code, parsed.refused);
    const { version } = parsed;
    const begun = this.#begin(name, 'immediate', by);
    const known = begun.before === undefined ? 0 : percentageOfOthers(begun.before, version);
    const outcome = await this.#runtime.emergency({ key: name, act: { type: 'toVersion', version }, ...by }, request);
    const rolled = this.#result(begun, outcome);
    const recorded = outcome.committed?.events.find(({ type }) => type === 'rollback.immediate')?.detail.fromPercentage;
    const fromPercentage = typeof recorded === 'number' ? recorded : known;
    const problem = this.#hotSwap === null ? null : (await poolOf(this.#runtime).settle(name)).problem;
    const durationMs = this.#runtime.clock.now() - begun.startedAt;
    return { ...rolled, ...loadingOf(rolled, problem), fromPercentage, toPercentage: 0, durationMs };
  }

  async #performed(
    name: string,
    strategy: RollbackStrategy,
    by: Attribution,
    act: EmergencyAct,
    request?: Receipt,
  ): Promise<RollbackResult> {
    const begun = this.#begin(name, strategy, by);
    return this.#result(begun, await this.#runtime.emergency({ key: name, act, ...by }, request));
  }

  #begin(name: string, strategy: RollbackStrategy, by: Attribution): Begun {
    return {
      flag: name,
      strategy,
      fromPercentage: this.#percentage(name),
      startedAt: this.#runtime.clock.now(),
      before: this.#runtime.view.served(name),
      ...by,
    };
  }

  #result({ startedAt, before, ...begun }: Begun, { committed, isDurable }: EmergencyOutcome): RollbackResult {
    const isServedSo = before !== undefined && jsonEqual(before, this.#runtime.view.served(begun.flag));
    return {
      id: rollbackSeq(committed),
      changed: committed !== null || (!isDurable && !isServedSo),
      toPercentage: this.#percentage(begun.flag),
      status: isDurable ? 'completed' : 'awaitingStore',
      durable: isDurable,
      loaded: true,
      warnings: [],
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
    const status = last?.number === number && last.phase.name === 'rolledBack' ? 'completed' : 'stopped';
    return { ...started, status, toPercentage: this.#percentage(name), durationMs };
  }

  #percentage(name: string): number {
    const flag = this.#runtime.view.served(name);
    return flag === undefined ? 0 : shareToPercentage(servedShare(flag));
  }

  /** Every rollback, kills and automatic ones included, the newest first; `flag` narrows it to one flag. */
  async getRollbackHistory(filter: { readonly flag?: string; readonly limit?: number } = {}): Promise<RollbackRecord[]> {
    checkOptions('getRollbackHistory', filter, ['flag', 'limit']);
    await this.#runtime.ready;
    const { flag, limit = 100 } = filter;
    const { store, view } = this.#runtime;
    const rollbacks = await newestRollbacks(store, view.scope, { flag, limit });
    return Promise.all(rollbacks.map(async (event) => describeRollback(event, await this.#stopOf(event))));
  }

  async #stopOf(rollback: LoggedEvent): Promise<GradualStop | null> {
    if (rollback.type !== 'rollback.gradual') return null;
    const { scope, key, seq } = rollback;
    // The next end of a rollout of this flag is its own: a flag has one at a time.
    const types: EventType[] = ['rollout.aborted', 'rollout.superseded', 'rollout.rolledBack'];
    return gradualStop(rollback, await this.#runtime.store.log({ scope, key, types, after: seq, limit: 1 }));
  }

  /** The post-mortem of a rollback: its facts, and their Markdown with what people have to fill in. `id` is that of its result or history entry. @throws SluiceError `notFound` */
  getRollbackReport(id: number): Promise<WrittenReport> {
    return loadRollbackReport(this.#runtime, id);
  }
}

function loadingOf({ status }: RollbackResult, problem: string | null): Pick<RollbackResult, 'status' | 'loaded' | 'warnings'> {
  if (problem === null) return { status, loaded: true, warnings: [] };
  return { status: status === 'completed' ? 'notLoaded' : status, loaded: false, warnings: [problem] };
}

function rollbackSeq(committed: Committed | null): number | null {
  return rollbacksAmong(committed?.events ?? [])[0]?.seq ?? null;
}
