/** Flags of a server, asked in this process: synchronously, from memory, without ever throwing. */
import {
  type AnyFlags,
  assignmentsOf,
  decide,
  type EvaluationFor,
  Evaluations,
  type Explanation,
  evaluationOf,
  explainCompiled,
  type FallbackFor,
  type FlagName,
  notFound,
  type Override,
  type Scope,
  type Unit,
  type VariantName,
  variantIndexOf,
} from '@sluice/core';
import type { ConnectionCounts } from './connection-counts.ts';
import type { ConnectionEvents } from './connection-events.ts';
import type { ConnectionParts } from './connection-parts.ts';
import type { ConnectionStatus } from './connection-status.ts';
import type { ValueLabels } from './measured-values.ts';
import type { ServedFlag } from './served-flags.ts';

/** With a type of the program's flags, as in `connect<{ new_model: boolean }>(…)`, asking a flag that is not among them does not compile. */
export class Connection<Flags extends object = AnyFlags> {
  readonly #parts: ConnectionParts;
  readonly #flags: ReadonlyMap<string, ServedFlag>;

  /** Made by `connect`. @internal */
  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.#flags = parts.served.byKey;
  }

  /** True when the unit is served a variant other than the off variant; `fallback` when the flag cannot answer. */
  isEnabled(name: FlagName<Flags>, unit?: Unit, fallback = false): boolean {
    const served = this.#flags.get(name);
    if (served === undefined) return fallback;
    const variant = variantIndexOf(this.#ask(served, unit));
    return variant < 0 ? fallback : variant !== served.compiled.off;
  }

  /** The name of the variant served; `fallback` when the flag cannot answer. */
  getVariant<T extends VariantName<Flags, Name> | null = null, Name extends FlagName<Flags> = FlagName<Flags>>(
    name: Name,
    unit?: Unit,
    fallback: T = null as T,
  ): VariantName<Flags, Name> | T {
    const served = this.#flags.get(name);
    if (served === undefined) return fallback;
    const variant = served.compiled.variants[variantIndexOf(this.#ask(served, unit))];
    return variant === undefined ? fallback : (variant as VariantName<Flags, Name>);
  }

  /** The variant's value with variant, reason, rule and revision; the value is `fallback` when the flag cannot answer. */
  evaluate<T extends FallbackFor<Flags, Name>, Name extends FlagName<Flags> = FlagName<Flags>>(
    name: Name,
    unit: Unit | undefined,
    fallback: T,
  ): EvaluationFor<Flags, Name, T> {
    const served = this.#flags.get(name);
    const evaluation =
      served === undefined ? notFound(fallback) : evaluationOf(served.compiled, this.#ask(served, unit), fallback);
    return evaluation as EvaluationFor<Flags, Name, T>;
  }

  /** Every flag for one unit. Counts neither as evaluations nor as exposures. */
  evaluateAll(unit?: Unit): Evaluations {
    return new Evaluations(this.#parts.served.table(), unit);
  }

  /** Why this unit gets what it gets, step by step; null for an unknown flag. Never counts as an exposure. */
  explain(name: FlagName<Flags>, unit?: Unit): Explanation | null {
    const served = this.#flags.get(name);
    return served === undefined ? null : explainCompiled(served.compiled, unit, this.#parts.served.segments);
  }

  #ask(served: ServedFlag, unit: Unit | undefined): number {
    const outcome = decide(served.compiled, unit);
    try {
      this.#parts.reports.answered(served, outcome, unit);
    } catch {
      // A hostile unit may answer once and throw the next time it is read; the answer stands, only its count is lost.
    }
    return outcome;
  }

  /**
   * A value of a test's metric, of the variant that the user was served. Sent later; what the server leaves out is told as a problem.
   * False, and told as a problem, for what is no value, and where there is no room for it.
   */
  recordMetric(
    testId: FlagName<Flags>,
    variant: string,
    metric: string,
    value: number,
    options: { readonly userId?: string | number } = {},
  ): boolean {
    const { userId } = options;
    const unit = userId === undefined ? {} : { unit: userId };
    return this.#parts.reports.measured({ kind: 'observe', test: testId, variant, metric, value, ...unit }, 'recordMetric');
  }

  /** A measured value, of a flag's variant where rollouts judge it. Sent later, as `recordMetric` is. */
  observe(metric: string, value: number, labels: ValueLabels = {}): boolean {
    return this.#parts.reports.measured({ kind: 'observe', metric, value, ...labels }, 'observe');
  }

  /** How much a counter of this name rose. */
  count(metric: string, by = 1, labels: ValueLabels = {}): boolean {
    return this.#parts.reports.measured({ kind: 'count', metric, value: by, ...labels }, 'count');
  }

  /**
   * A value that a unit brought, for every test and rollout that it is in: in a test by the variant that the bucket gives it. False when there is none
   * such, or no room.
   */
  track(metric: string, value: number, unit: Unit): boolean {
    try {
      const taken = assignmentsOf(
        Array.from(this.#flags.values(), ({ compiled }) => compiled),
        unit,
      ).map(({ flag, owner, variant, key }) =>
        owner === 'experiment'
          ? this.recordMetric(flag as FlagName<Flags>, variant, metric, value, { userId: key })
          : this.observe(metric, value, { flag, variant, unit: key }),
      );
      return taken.includes(true);
    } catch {
      // Reading a hostile unit threw: it is in nothing.
      return false;
    }
  }

  /**
   * Serves everybody this in this process, whatever the server says: a variant's name, or true for on and false for off. For tests and a
   * developer's machine: nothing of it is counted or seen by others. A flag that nobody has set can be overridden too.
   * @throws SluiceError `invalid` when the flag has no such variant
   */
  override<Name extends FlagName<Flags>>(name: Name, value: VariantName<Flags, Name> | boolean): void {
    this.#parts.override(name, value);
  }

  /** Serves what the server says again: this flag, or without a name every one. */
  clearOverrides(name?: FlagName<Flags>): void {
    const { served } = this.#parts;
    for (const key of name === undefined ? Object.keys(served.overrides()) : [name]) served.override(key, null);
  }

  /** What is overridden in this process. */
  listOverrides(): Readonly<Record<string, Override>> {
    return this.#parts.served.overrides();
  }

  get status(): ConnectionStatus {
    return this.#parts.definitions.status;
  }

  /** Since when what is served is not known to be current, in milliseconds since 1970; null while it is, and before there is anything. */
  get staleSince(): number | null {
    return this.#parts.definitions.staleSince;
  }

  /** Where the flags live; null until there are any. */
  get scope(): Scope | null {
    return this.#parts.definitions.snapshot?.scope ?? null;
  }

  get counts(): ConnectionCounts {
    return this.#parts.counts();
  }

  /**
   * Resolves, and never rejects, with how the connection begins: READY with the server's definitions; STALE with those from disk when the server
   * cannot be reached; ERROR with none of both after the grace period; FATAL when the token is refused.
   */
  ready(): Promise<ConnectionStatus> {
    return this.#parts.definitions.settled();
  }

  /** Calls `listener` for every such event from now on. Returns how to stop. */
  on<Type extends keyof ConnectionEvents>(type: Type, listener: (event: ConnectionEvents[Type]) => unknown): () => void {
    return this.#parts.listeners.on(type, listener);
  }

  /**
   * True when the server has taken all that was reported before. False when it takes none now, or is not known yet, and some of it waits
   * (`counts.waiting`), and when it refused some (`counts.dropped`).
   */
  flush(): Promise<boolean> {
    return this.#parts.sender.flush();
  }

  /** Sends what waits, for at most 5 s (`closeMs`), and tells what it had to leave as a problem; keeps the state, and ends the stream. Flags go on answering with what is there. */
  close(): Promise<void> {
    return this.#parts.close();
  }
}
