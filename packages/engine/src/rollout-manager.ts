/** Gradual rollouts: started here, driven by the controller, decided in core. */
import {
  type AnyFlags,
  type Attribution,
  adviseRollout,
  archivedRefusal,
  type FlagName,
  isEnded,
  parseRolloutSettings,
  planTransition,
  type RolloutCommand,
  type RolloutStatus,
  SluiceError,
  type SourceStatus,
  sourceStatuses,
} from '@sluice/core';
import { recordComparedUnits } from './compared-units.ts';
import { type ControllerParts, controllerOf } from './controllers.ts';
import { ends } from './endings.ts';
import type { FlagManager } from './feature-flag-manager.ts';
import type { MetricSource } from './metrics/metric-source.ts';
import { MetricsCollector } from './metrics/metrics-collector.ts';
import { attributionOf, checkIsObject, checkOptions, MUTATION_OPTIONS, type MutationOptions, requestOf } from './mutation.ts';
import { callOn, nameOf } from './names.ts';
import { presentFigures } from './present-figures.ts';
import { noRollout, rolloutStatusOf, type StartRolloutOptions, startRolloutOn } from './rollout-start.ts';
import type { Runtime } from './runtime.ts';
import { runtimeOf } from './runtime-of.ts';
import type { Validator } from './validators.ts';

export interface RolloutManagerOptions {
  /** Where criteria with the source `collector` measure: a `MetricsCollector`. */
  readonly metrics?: MetricSource;
}

/** With a type of the program's flags, starting a rollout of a flag that is not among them does not compile. */
export class RolloutManager<Flags extends object = AnyFlags> {
  readonly #runtime: Runtime;
  readonly #parts: ControllerParts;

  constructor(flags: FlagManager, options: RolloutManagerOptions = {}) {
    this.#runtime = runtimeOf('RolloutManager', flags);
    this.#parts = controllerOf(this.#runtime);
    if (options.metrics === undefined) return;
    this.addMetricSource('collector', options.metrics);
    if (options.metrics instanceof MetricsCollector) recordComparedUnits(this.#runtime, options.metrics);
  }

  /** A metric source for criteria that name it. @throws SluiceError `invalid` for what is no name */
  addMetricSource(name: string, source: MetricSource): void {
    this.#parts.sources.set(nameOf(name, 'name of a metric source'), source);
  }

  /** Validators are found by name: after a restart, rollouts that need one hold until it is registered again. */
  registerValidator(name: string, validator: Validator): void {
    this.#parts.validators.register(name, validator);
  }

  /** The names of the validators and metric sources that this process has, in order. */
  listJudges(): { validators: string[]; metricSources: string[] } {
    return { validators: this.#parts.validators.names(), metricSources: [...this.#parts.sources.keys()].sort() };
  }

  /** How metric sources do, by what rollouts under way last heard of them. */
  listMetricSources(): SourceStatus[] {
    return sourceStatuses(this.listJudges().metricSources, this.#runtime.view.rollouts.values());
  }

  /**
   * Starts a rollout of this flag and resolves when its first stage has the traffic, it waits for its start, or preflight refused it (the status says so).
   * With `onConflict: 'supersede'` the end of what runs and the start are one commit, and what would fail preflight ends nothing.
   * @throws SluiceError `invalid` naming every bad option, `notFound`, `refused` for a disabled flag, `conflict` when the share has an owner
   */
  async startRollout(name: FlagName<Flags>, options: StartRolloutOptions): Promise<RolloutStatus> {
    await startRolloutOn(this.#runtime, name, options);
    return rolloutStatusOf(this.#runtime, name);
  }

  /**
   * What speaks against starting such a rollout, in words; empty when nothing does, and then nothing is started. The status of a rollout
   * that was started all the same has it among its `warnings`.
   * @throws SluiceError `invalid` naming every bad option, `notFound`
   */
  advise(name: FlagName<Flags>, options: StartRolloutOptions): string[] {
    checkIsObject(callOn('advise', name), options);
    const { validate, onConflict: _onConflict, reason: _reason, actor: _actor, request: _request, ...settings } = options;
    const { view } = this.#runtime;
    const flag = view.flag(name);
    if (flag === undefined) throw new SluiceError('notFound', `flag "${name}" does not exist; create it with setFlag`);
    const archived = archivedRefusal(flag);
    if (archived !== null) throw new SluiceError(archived.code, archived.refused);
    const validatorName = settings.validatorName ?? (validate === undefined ? undefined : name);
    const named = validatorName === undefined ? settings : { ...settings, validatorName };
    // That nothing judges it is a warning here, beside the others.
    const plan = parseRolloutSettings(flag, { ...named, unvalidated: true }, view.components.get(name));
    const [flags, schedule] = [view.facts(name).flags ?? new Map(), view.schedules.get(name)];
    const present = presentFigures(this.#parts.sources, flag, this.#runtime.clock);
    return adviseRollout(plan, { flag, underWay: view.underWay(), flags, schedule, present });
  }

  /** Undefined when this flag never had a rollout; else that of the latest. */
  getRolloutStatus(name: string): RolloutStatus | undefined {
    return this.#runtime.view.rollouts.has(name) ? rolloutStatusOf(this.#runtime, name) : undefined;
  }

  /** The latest rollout of every flag that had one, those under way first, then the newest. */
  listRollouts(): RolloutStatus[] {
    const statuses = [...this.#runtime.view.rollouts.keys()].map((name) => rolloutStatusOf(this.#runtime, name));
    return statuses.sort(
      (a, b) => Number(a.endedAt !== null) - Number(b.endedAt !== null) || b.startedAt.getTime() - a.startedAt.getTime(),
    );
  }

  /** Resolves with the status at the end of this flag's latest rollout, at once if it has ended. @throws SluiceError `notFound` */
  async completed(name: string): Promise<RolloutStatus> {
    await this.#runtime.ready;
    const { number } = rolloutStatusOf(this.#runtime, nameOf(name, 'flag name'));
    let last = rolloutStatusOf(this.#runtime, name);
    await ends(this.#runtime, (view) => {
      const rollout = view.rollouts.get(name);
      if (rollout?.number !== number) return true;
      last = rolloutStatusOf(this.#runtime, name);
      return isEnded(rollout.phase);
    });
    return last;
  }

  /** Holds the rollout where it is; the bake stands still and harm still rolls back. */
  pauseRollout(name: string, options: MutationOptions = {}): Promise<RolloutStatus> {
    return this.#command(name, 'pauseRollout', options, (by) => ({ type: 'pause', by }));
  }

  /** Ends a hold. After drift, the stage's share is written again; after a validator's error, the validator runs again. */
  resumeRollout(name: string, options: MutationOptions = {}): Promise<RolloutStatus> {
    return this.#command(name, 'resumeRollout', options, (by) => ({
      type: 'resume',
      by,
      freezeWindows: this.#runtime.freezeWindows,
    }));
  }

  /** Opens the next stage of a rollout that waits for it. Kept with who and why. */
  approveStage(name: string, options: MutationOptions = {}): Promise<RolloutStatus> {
    return this.#command(name, 'approveStage', options, (by) => ({
      type: 'approve',
      by,
      freezeWindows: this.#runtime.freezeWindows,
    }));
  }

  /** Lets a rollout with `startApproval` start, at its `startAt` at the earliest. Kept with who, why and on which revision. */
  approveStart(name: string, options: MutationOptions = {}): Promise<RolloutStatus> {
    return this.#command(name, 'approveStart', options, (by) => ({ type: 'approveStart', by }));
  }

  /** Refuses the approval that is waited for: the start does not happen, or everybody gets back what they had before. */
  rejectRollout(name: string, options: MutationOptions = {}): Promise<RolloutStatus> {
    return this.#command(name, 'rejectRollout', options, (by) => ({ type: 'reject', by }));
  }

  /** Opens the next stage now, or with `full` the last; recorded as without evidence. In a freeze window it takes `force` and a reason. */
  promoteRollout(
    name: string,
    options: MutationOptions & { readonly full?: boolean; readonly force?: boolean } = {},
  ): Promise<RolloutStatus> {
    return this.#command(
      name,
      'promoteRollout',
      options,
      (by) => ({
        type: 'promote',
        full: options.full ?? false,
        force: options.force ?? false,
        by,
        freezeWindows: this.#runtime.freezeWindows,
      }),
      ['full', 'force'],
    );
  }

  /** Gives everybody what they had before the rollout; a gradual rollback stays where it is. */
  abortRollout(name: string, options: MutationOptions = {}): Promise<RolloutStatus> {
    return this.#command(name, 'abortRollout', options, (by) => ({ type: 'abort', by }));
  }

  async #command(
    name: string,
    call: string,
    options: MutationOptions,
    commandBy: (by: Attribution) => RolloutCommand,
    more: readonly string[] = [],
  ): Promise<RolloutStatus> {
    checkOptions(callOn(call, name), options, [...MUTATION_OPTIONS, ...more]);
    const command = commandBy(attributionOf(options));
    await this.#runtime.commit((view, now) => {
      const kept = view.rollouts.get(name);
      if (kept === undefined) return noRollout(name);
      const rollout = isEnded(kept.phase) ? kept : this.#parts.controller.latest(kept);
      return planTransition(rollout, view.flag(name), command, command.by, now);
    }, requestOf(options));
    return rolloutStatusOf(this.#runtime, name);
  }
}
