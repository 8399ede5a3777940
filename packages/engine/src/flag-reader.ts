/** Asking flags: synchronously, from memory, without ever throwing. */
import {
  type AnswerLog,
  type AnyFlags,
  decide,
  type EvaluationFor,
  Evaluations,
  type Explanation,
  evaluationOf,
  explainCompiled,
  type FallbackFor,
  type FlagName,
  type FlagSettings,
  notFound,
  restoredSettings,
  SluiceError,
  type Unit,
  unitKeyOf,
  type VariantName,
  variantIndexOf,
} from '@sluice/core';
import { flagAtRevision } from './flag-at-revision.ts';
import type { LiveFlag } from './live-flag.ts';
import type { LiveFlags } from './live-flags.ts';
import { nameOf } from './names.ts';
import type { OverrideSettings } from './overrides.ts';
import { type EditPreview, type PreviewOptions, previewEdit } from './preview-edit.ts';
import { Runtime } from './runtime.ts';
import type { SluiceOptions } from './sluice-options.ts';

export class FlagReader<Flags extends object = AnyFlags> {
  /** What the other managers stand on; not for applications. @internal */
  readonly runtime: Runtime;
  readonly #flags: LiveFlags;
  readonly #answers: AnswerLog;

  constructor(options: SluiceOptions | Runtime = {}) {
    this.runtime = options instanceof Runtime ? options : new Runtime(options);
    this.#flags = this.runtime.view.flags;
    this.#answers = this.runtime.facts.answers;
  }

  /** True when the unit is served a variant other than the off variant; `fallback` when the flag cannot answer. */
  isEnabled(name: FlagName<Flags>, unit?: Unit, fallback = false): boolean {
    const live = this.#flags.get(name);
    if (live === undefined) return fallback;
    const variant = variantIndexOf(this.#ask(live, unit));
    return variant < 0 ? fallback : variant !== live.compiled.off;
  }

  /** The name of the variant served; `fallback` when the flag cannot answer. */
  getVariant<T extends VariantName<Flags, Name> | null = null, Name extends FlagName<Flags> = FlagName<Flags>>(
    name: Name,
    unit?: Unit,
    fallback: T = null as T,
  ): VariantName<Flags, Name> | T {
    const live = this.#flags.get(name);
    if (live === undefined) return fallback;
    const variant = live.compiled.variants[variantIndexOf(this.#ask(live, unit))];
    return variant === undefined ? fallback : (variant as VariantName<Flags, Name>);
  }

  /** The variant's value with variant, reason, rule and revision; the value is `fallback` when the flag cannot answer. */
  evaluate<T extends FallbackFor<Flags, Name>, Name extends FlagName<Flags> = FlagName<Flags>>(
    name: Name,
    unit: Unit | undefined,
    fallback: T,
  ): EvaluationFor<Flags, Name, T> {
    const live = this.#flags.get(name);
    const evaluation = live === undefined ? notFound(fallback) : evaluationOf(live.compiled, this.#ask(live, unit), fallback);
    return evaluation as EvaluationFor<Flags, Name, T>;
  }

  /** Every live flag for one unit. Counts neither as evaluations nor as exposures. */
  evaluateAll(unit?: Unit): Evaluations {
    return new Evaluations(this.runtime.view.table(), unit);
  }

  /** Why this unit gets what it gets, step by step; null for an unknown flag. Never counts as an exposure. */
  explain(name: FlagName<Flags>, unit?: Unit): Explanation | null {
    const live = this.#flags.get(name);
    return live === undefined ? null : explainCompiled(live.compiled, unit, this.runtime.view.segments);
  }

  /**
   * What `setFlag` with these settings would make of the flag, and of some units, or why it would not. Changes and counts nothing. Where the settings
   * are of all environments of a project, what another one of them may have against it is judged when the edit is made.
   * @throws SluiceError `invalid` for a name that is none, and more than 100 units; what is wrong with the settings is answered
   */
  previewEdit(name: string, settings: FlagSettings, options: PreviewOptions = {}): EditPreview {
    return previewEdit(this.runtime, name, settings, options);
  }

  /**
   * All settings of the flag, as `setFlag` takes them: as it is kept now, or as people had made it at an earlier revision.
   * @throws SluiceError `notFound` when there is no such flag, or the history tells of no such revision
   */
  async settingsOf(name: string, revision?: number): Promise<FlagSettings> {
    const kept = this.runtime.view.flag(nameOf(name, 'flag name'));
    if (kept === undefined) throw new SluiceError('notFound', `flag "${name}" does not exist`);
    if (revision === undefined || revision === kept.revision) return restoredSettings(kept);
    return restoredSettings(await flagAtRevision(this.runtime, name, revision));
  }

  /**
   * Serves everybody this in this process, whatever is kept, from now on: a variant's name, or true for on and false for off. For tests and a
   * developer's machine: nothing of it is kept, counted, or seen by others. A flag that nobody has set can be overridden too.
   * @throws SluiceError `invalid` when the flag has no such variant
   */
  override<Name extends FlagName<Flags>>(name: Name, value: VariantName<Flags, Name> | boolean): void {
    this.runtime.overrides.set(name, value);
  }

  /** Serves what is kept again: this flag, or without a name every one. */
  clearOverrides(name?: FlagName<Flags>): void {
    this.runtime.overrides.clear(name);
  }

  /** What is overridden in this process. */
  listOverrides(): OverrideSettings {
    return this.runtime.overrides.list();
  }

  #ask(live: LiveFlag, unit: Unit | undefined): number {
    const outcome = decide(live.compiled, unit);
    if (!live.isDirty) this.runtime.facts.markDirty(live);
    try {
      this.#answers.add(live, outcome, unit);
      if (live.watch !== null) tell(live, outcome, unit);
    } catch {
      // A hostile unit may answer once and throw the next time it is read; the answer stands, only its count is lost.
    }
    return outcome;
  }
}

function tell(live: LiveFlag, outcome: number, unit: Unit | undefined): void {
  if (live.compiled.isOverridden) return;
  const key = unitKeyOf(live.compiled, unit);
  if (variantIndexOf(outcome) >= 0 && key !== null) live.watch?.exposed(live.compiled, outcome, key, unit);
}
