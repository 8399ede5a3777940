/** Gradual rollouts: started here, driven by the controller, decided in core. */
import {
  type Attribution,
  eventOf,
  type Flag,
  type FlagFacts,
  isEnded,
  isRefusal,
  parseRolloutSettings,
  planTransition,
  type Refusal,
  type RolloutCommand,
  type RolloutPlan,
  type RolloutSettings,
  type RolloutStatus,
  rolloutStatus,
  SluiceError,
  startRollout,
  stopExperiment,
} from '@sluice/core';
import { type ControllerParts, controllerOf } from './controllers.ts';
import { ends } from './endings.ts';
import { recordErrorUnits } from './error-units.ts';
import type { FeatureFlagManager } from './feature-flag-manager.ts';
import type { MetricSource } from './metrics/metric-source.ts';
import { MetricsCollector } from './metrics/metrics-collector.ts';
import { attributionOf, type MutationOptions } from './mutation.ts';
import type { Runtime } from './runtime.ts';
import type { Validator } from './validators.ts';

export interface StartRolloutOptions extends RolloutSettings, MutationOptions {
  /** Says whether a stage is good. Registered under `validatorName`, or under the flag's name. */
  readonly validate?: Validator;
  /** What to do when a rollout or test moves the share already; `refuse` unless given. A superseded rollout gives back the allocation from before. */
  readonly onConflict?: 'refuse' | 'supersede';
}

export interface RolloutManagerOptions {
  /** Where criteria with the source `collector` measure: a `MetricsCollector`. */
  readonly metrics?: MetricSource;
}

export class RolloutManager {
  readonly #runtime: Runtime;
  readonly #parts: ControllerParts;

  constructor(flags: FeatureFlagManager, options: RolloutManagerOptions = {}) {
    this.#runtime = flags.runtime;
    this.#parts = controllerOf(this.#runtime);
    if (options.metrics === undefined) return;
    this.addMetricSource('collector', options.metrics);
    if (options.metrics instanceof MetricsCollector) recordErrorUnits(this.#runtime, options.metrics);
  }

  /** A metric source for criteria that name it. */
  addMetricSource(name: string, source: MetricSource): void {
    this.#parts.sources.set(name, source);
  }

  /** Validators are found by name: after a restart, rollouts that need one hold until it is registered again. */
  registerValidator(name: string, validator: Validator): void {
    this.#parts.validators.register(name, validator);
  }

  /**
   * Starts a rollout of this flag and resolves when its first stage has the traffic, or preflight refused it (the status says so).
   * @throws SluiceError `invalid` naming every bad option, `notFound`, `refused` for a disabled flag, `conflict` when the share has an owner
   */
  async startRollout(name: string, options: StartRolloutOptions): Promise<RolloutStatus> {
    const { validate, onConflict = 'refuse', reason, actor, ...settings } = options;
    await this.#runtime.ready;
    if (onConflict !== 'refuse' && onConflict !== 'supersede')
      throw new SluiceError(
        'invalid',
        `rollout of "${name}": onConflict must be "refuse" or "supersede"; it is ${JSON.stringify(onConflict)}`,
      );
    const validatorName = settings.validatorName ?? (validate === undefined ? undefined : name);
    const by = attributionOf({ ...(reason === undefined ? {} : { reason }), ...(actor === undefined ? {} : { actor }) });
    const plan = (flag: Flag): RolloutPlan =>
      parseRolloutSettings(
        flag,
        validatorName === undefined ? settings : { ...settings, validatorName },
        this.#runtime.view.components.get(name),
      );
    if (onConflict === 'supersede') await this.#supersede(name, by, plan);
    if (validate !== undefined && validatorName !== undefined) this.registerValidator(validatorName, validate);
    await this.#runtime.commit((view, now) => planStart(view.facts(name), plan, by, now));
    await this.#parts.controller.look(name);
    return this.#statusOf(name);
  }

  async #supersede(name: string, by: Attribution, plan: (flag: Flag) => RolloutPlan): Promise<void> {
    await this.#runtime.commit((view, now) => {
      const facts = view.facts(name);
      const owner = facts.flag?.shareOwner ?? null;
      if (facts.flag === undefined || owner === null) return null;
      // What cannot start must not end what runs.
      plan({ ...facts.flag, ...(owner.kind === 'rollout' ? facts.rollout?.before : { share: 0 }) });
      if (owner.kind === 'rollout' && facts.rollout !== undefined) {
        return planTransition(facts.rollout, facts.flag, { type: 'supersede', by, restore: true }, by, now);
      }
      return facts.experiment === undefined ? null : stopExperiment(facts.experiment, facts.flag, supersededBy(name, by), now);
    });
  }

  /** Undefined when this flag never had a rollout; else that of the latest. */
  getRolloutStatus(name: string): RolloutStatus | undefined {
    const rollout = this.#runtime.view.rollouts.get(name);
    if (rollout === undefined) return undefined;
    return rolloutStatus(
      isEnded(rollout.phase) ? rollout : this.#parts.controller.latest(rollout),
      this.#runtime.view.flag(name),
    );
  }

  /** The latest rollout of every flag that had one, those under way first, then the newest. */
  listRollouts(): RolloutStatus[] {
    const statuses = [...this.#runtime.view.rollouts.keys()].map((name) => this.#statusOf(name));
    return statuses.sort(
      (a, b) => Number(a.endedAt !== null) - Number(b.endedAt !== null) || b.startedAt.getTime() - a.startedAt.getTime(),
    );
  }

  /** Resolves with the status at the end of this flag's latest rollout, at once if it has ended. @throws SluiceError `notFound` */
  async completed(name: string): Promise<RolloutStatus> {
    await this.#runtime.ready;
    const { number } = this.#statusOf(name);
    let last = this.#statusOf(name);
    await ends(this.#runtime, (view) => {
      const rollout = view.rollouts.get(name);
      if (rollout?.number !== number) return true;
      last = this.#statusOf(name);
      return isEnded(rollout.phase);
    });
    return last;
  }

  /** Holds the rollout where it is; the bake stands still and harm still rolls back. */
  pauseRollout(name: string, options: MutationOptions = {}): Promise<RolloutStatus> {
    return this.#command(name, { type: 'pause', by: attributionOf(options) });
  }

  /** Ends a hold. After drift, the stage's share is written again; after a validator's error, the validator runs again. */
  resumeRollout(name: string, options: MutationOptions = {}): Promise<RolloutStatus> {
    return this.#command(name, { type: 'resume', by: attributionOf(options) });
  }

  /** Opens the next stage of a rollout that waits for it. Kept with who and why. */
  approveStage(name: string, options: MutationOptions = {}): Promise<RolloutStatus> {
    return this.#command(name, { type: 'approve', by: attributionOf(options) });
  }

  /** Opens the next stage now, or with `full` the last; recorded as without evidence. */
  promoteRollout(name: string, options: MutationOptions & { readonly full?: boolean } = {}): Promise<RolloutStatus> {
    return this.#command(name, { type: 'promote', full: options.full ?? false, by: attributionOf(options) });
  }

  /** Gives everybody what they had before the rollout; a gradual rollback stays where it is. */
  abortRollout(name: string, options: MutationOptions = {}): Promise<RolloutStatus> {
    return this.#command(name, { type: 'abort', by: attributionOf(options) });
  }

  async #command(name: string, command: RolloutCommand): Promise<RolloutStatus> {
    await this.#runtime.commit((view, now) => {
      const kept = view.rollouts.get(name);
      if (kept === undefined) return noRollout(name);
      const rollout = isEnded(kept.phase) ? kept : this.#parts.controller.latest(kept);
      return planTransition(rollout, view.flag(name), command, command.by, now);
    });
    return this.#statusOf(name);
  }

  #statusOf(name: string): RolloutStatus {
    const status = this.getRolloutStatus(name);
    if (status !== undefined) return status;
    const { refused, code } = noRollout(name);
    throw new SluiceError(code, refused);
  }
}

function supersededBy(name: string, { actor, reason }: Attribution): Attribution {
  return { actor, reason: `superseded by a rollout of "${name}"${reason === '' ? '' : `: ${reason}`}` };
}

function noRollout(name: string): Refusal {
  return { refused: `flag "${name}" has no rollout; start one with startRollout`, code: 'notFound' };
}

function planStart(
  facts: FlagFacts,
  plan: (flag: Flag) => RolloutPlan,
  by: Attribution,
  now: number,
): ReturnType<typeof planTransition> {
  const { flag, key } = facts;
  if (flag === undefined)
    return { refused: `flag "${key}" does not exist; create it with setFlag before rolling it out`, code: 'notFound' };
  // That the share has an owner is said before that it leaves nothing to roll out.
  const rollout = startRollout(flag, plan(flag.shareOwner === null ? flag : { ...flag, share: 0 }), facts.rollout, by, now);
  if (isRefusal(rollout)) return rollout;
  const owned: Flag = { ...flag, shareOwner: { kind: 'rollout', key }, revision: flag.revision + 1, updatedAt: now };
  const detail = {
    strategy: rollout.plan.strategy,
    targetPercentage: rollout.plan.targetPercentage,
    stages: rollout.plan.stages.map((stage) => stage.percentage),
  };
  return {
    records: [rollout, owned],
    events: [eventOf('rollout.started', rollout, by, now, detail), eventOf('flag.updated', owned, by, now)],
  };
}
