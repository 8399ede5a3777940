/** The records of one scope in memory, kept current by following the store. Evaluation reads only this. */
import {
  type CompiledFlag,
  type Component,
  type ComponentFacts,
  compileFlag,
  type Emergency,
  type EmergencyAct,
  type Experiment,
  type Flag,
  type FlagFacts,
  FlagTable,
  isEnded,
  type Layer,
  type Override,
  overriddenFlag,
  placeholderFlag,
  type Rollout,
  type Schedule,
  type Scope,
  type SegmentWorld,
  SluiceError,
  type SluiceRecord,
  type StandingEmergency,
  type StartFacts,
  sameScope,
  sharedConditions,
  unreadableFlag,
  wholeExperiment,
  wholeRollout,
  withEmergencies,
} from '@sluice/core';
import { describeFailure } from './failure.ts';
import { type LiveFlag, LiveFlagHolder } from './live-flag.ts';
import { LiveFlags } from './live-flags.ts';
import { SegmentView } from './segment-view.ts';

export class View {
  readonly scope: Scope;
  readonly flags = new LiveFlags((flag, isOverridden) => this.#compile(flag, isOverridden));
  readonly rollouts = new Map<string, Rollout>();
  readonly experiments = new Map<string, Experiment>();
  readonly components = new Map<string, Component>();
  readonly layers = new Map<string, Layer>();
  readonly segments = new SegmentView();
  readonly schedules = new Map<string, Schedule>();

  readonly #conditions = sharedConditions(this.segments);
  /** Of flags that others need. */
  readonly #holders = new Map<string, LiveFlagHolder>();
  #table: FlagTable | null = null;
  /** By flag, what stands although the store does not have it yet; such flags are served other than they are kept. */
  readonly #emergencies = new Map<string, Map<string, EmergencyAct>>();
  readonly #kept = new Map<string, Flag>();
  /** By flag, what this process alone serves. */
  readonly #overrides = new Map<string, Override>();

  readonly #onProblem: (error: unknown) => void;

  /** `onProblem` hears of a kept flag that cannot be made ready. It must not throw. */
  constructor(scope: Scope, onProblem: (error: unknown) => void = () => {}) {
    this.scope = scope;
    this.#onProblem = onProblem;
  }

  /** Takes the records of this scope; others are not ours to see. `beforeFlag` is called before a live flag is replaced. */
  apply(records: readonly SluiceRecord[], beforeFlag: (live: LiveFlag) => void = () => {}): void {
    const ours = records.filter((record) => sameScope(record.scope, this.scope));
    const flipped = this.segments.apply(ours.filter((record) => record.kind === 'segment'));
    for (const record of ours) {
      if (record.kind === 'flag') this.#applyFlag(record, beforeFlag);
      else if (record.kind === 'rollout') this.rollouts.set(record.key, wholeRollout(record));
      else if (record.kind === 'experiment') this.experiments.set(record.key, wholeExperiment(record));
      else if (record.kind === 'layer') this.layers.set(record.key, record);
      else if (record.kind === 'schedule') this.schedules.set(record.key, record);
      else if (record.kind === 'component') this.components.set(record.key, record);
    }
    if (flipped.size === 0) return;
    const compiled = new Set(ours.flatMap((record) => (record.kind === 'flag' ? [record.key] : [])));
    for (const key of this.flags.keys()) {
      const flag = compiled.has(key) ? undefined : this.flag(key);
      if (flag !== undefined && hasGroupOf(flag, flipped)) this.#applyFlag(flag, beforeFlag);
    }
  }

  #applyFlag(flag: Flag, beforeFlag: (live: LiveFlag) => void): void {
    this.#table = null;
    const acts = this.#emergencies.get(flag.key);
    const override = this.#overrides.get(flag.key);
    if (acts === undefined && override === undefined) this.#kept.delete(flag.key);
    else this.#kept.set(flag.key, flag);
    const standing = acts === undefined ? flag : withEmergencies(flag, [...acts.values()]);
    const overridden = override === undefined ? null : overriddenFlag(standing, override);
    this.flags.serve(overridden ?? standing, overridden !== null, beforeFlag);
    const holder = this.#holders.get(flag.key);
    if (holder !== undefined) holder.live ??= this.flags.get(flag.key) ?? null;
  }

  #compile(flag: Flag, isOverridden: boolean): CompiledFlag {
    try {
      const compiled = compileFlag(flag, this.#conditions, this.#holderOf, this.segments);
      return isOverridden ? { ...compiled, isOverridden } : compiled;
    } catch (error) {
      this.#onProblem(unreadable(flag, error));
      return unreadableFlag(flag);
    }
  }

  /** A flag that is not kept, ready to be asked beside those that are. @throws when it cannot be compiled */
  compiled(flag: Flag): CompiledFlag {
    return compileFlag(flag, undefined, this.#holderOf, this.segments);
  }

  readonly #holderOf = (key: string): LiveFlagHolder => {
    const found = this.#holders.get(key) ?? new LiveFlagHolder(this.flags.get(key) ?? null);
    this.#holders.set(key, found);
    return found;
  };

  /** Every flag that is not archived. The table stays as it is when flags change; ask again to see the change. */
  table(): FlagTable {
    this.#table ??= new FlagTable(Array.from(this.flags.living(), (live) => live.compiled));
    return this.#table;
  }

  /** The flag as the store keeps it: what every decision is made on. */
  flag(key: string): Flag | undefined {
    const flag = this.#kept.get(key) ?? this.flags.served(key);
    // What stands in for a flag that nobody has set is no flag to decide on.
    return flag?.revision === 0 ? undefined : flag;
  }

  /** The flag as it stands, emergencies included. */
  served(key: string): Flag | undefined {
    const flag = this.flag(key);
    const acts = this.#emergencies.get(key);
    return flag === undefined || acts === undefined ? flag : withEmergencies(flag, [...acts.values()]);
  }

  /** Serves everybody this whatever is kept; null serves what is kept again. */
  override(key: string, value: Override | null, beforeFlag: (live: LiveFlag) => void): void {
    if (value === null) this.#overrides.delete(key);
    else this.#overrides.set(key, value);
    const flag = this.flag(key);
    if (flag !== undefined) this.#applyFlag(flag, beforeFlag);
    else if (value !== null) this.#applyFlag(placeholderFlag(key, this.scope, value), beforeFlag);
    else this.#forget(key, beforeFlag);
  }

  #forget(key: string, beforeFlag: (live: LiveFlag) => void): void {
    this.#table = null;
    this.flags.delete(key, beforeFlag);
    this.#kept.delete(key);
    const holder = this.#holders.get(key);
    if (holder !== undefined) holder.live = null;
  }

  /** Serves the flag as the act says from now on, also when its record comes only later. */
  impose({ key, id, act }: Emergency): void {
    const flag = this.flag(key);
    const acts = this.#emergencies.get(key) ?? new Map<string, EmergencyAct>();
    this.#emergencies.set(key, acts.set(id, act));
    if (flag !== undefined) this.#applyFlag(flag, () => {});
  }

  standing(): StandingEmergency[] {
    return [...this.#emergencies].flatMap(([key, acts]) => Array.from(acts, ([id, act]) => ({ id, key, act })));
  }

  /** Serves the flag as it is kept again, but for other emergencies. */
  lift({ key, id }: Emergency): void {
    const flag = this.flag(key);
    const acts = this.#emergencies.get(key);
    if (acts?.delete(id) !== true) return;
    if (acts.size === 0) this.#emergencies.delete(key);
    if (flag !== undefined) this.#applyFlag(flag, () => {});
  }

  /** What an edit of this flag needs to know. */
  facts(key: string): FlagFacts {
    return {
      scope: this.scope,
      key,
      flag: this.flag(key),
      rollout: this.rollouts.get(key),
      experiment: this.experiments.get(key),
      flags: {
        get: (other) => this.flag(other),
        values: () => this.allFlags(),
      },
      segments: this.segments,
    };
  }

  /** Every flag as the store keeps it, archived ones too. */
  allFlags(): Flag[] {
    return Array.from(this.flags.keys(), (key) => this.flag(key)).filter((flag) => flag !== undefined);
  }

  /** Who may refer to segments. */
  segmentWorld(): SegmentWorld {
    return {
      segments: this.segments,
      flags: this.allFlags(),
      rollouts: this.rollouts.values(),
      experiments: this.experiments.values(),
      schedules: this.schedules.values(),
    };
  }

  /** What a change of this component needs to know. */
  componentFacts(key: string): ComponentFacts {
    return { ...this.facts(key), component: this.components.get(key) };
  }

  /** What the start of a test in this layer needs to know. */
  startFacts(layer: string | null): StartFacts {
    return {
      layer: layer === null ? undefined : this.layers.get(layer),
      segments: this.segments,
      isRunning: (test) => this.experiments.get(test)?.phase === 'running',
    };
  }

  /** Rollouts and experiments that move or hold a share. */
  underWay(): (Rollout | Experiment)[] {
    return this.active().filter((record) => record.kind === 'rollout' || record.phase === 'running');
  }

  /** Rollouts and experiments that are not at an end, and tests that are still to start. */
  active(): (Rollout | Experiment)[] {
    const rollouts = [...this.rollouts.values()].filter((rollout) => !isEnded(rollout.phase));
    return [...rollouts, ...[...this.experiments.values()].filter(({ dueAt }) => dueAt !== null)];
  }
}

function hasGroupOf({ enabledGroups, disabledGroups, stageGroups }: Flag, names: ReadonlySet<string>): boolean {
  return [enabledGroups, disabledGroups, stageGroups].some((groups) => groups.some((group) => names.has(group)));
}

function unreadable({ key, revision }: Flag, cause: unknown): SluiceError {
  const message = `flag "${key}", revision ${revision}, is kept in a form that cannot be asked (${describeFailure(cause)}); callers get their fallback`;
  return new SluiceError('unavailable', message, { cause });
}
