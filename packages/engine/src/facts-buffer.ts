/** Holds what evaluations and callers report until it is flushed: each second while there is something, and by `close`. */
import {
  AnswerLog,
  FlagMeter,
  type Looks,
  mergeLooks,
  mergeTally,
  NO_LOOKS,
  type Scope,
  SluiceError,
  type Tally,
  type UnitDelta,
} from '@sluice/core';
import type { Clock } from './clock/clock.ts';
import type { LiveFlag } from './live-flag.ts';
import type { FactsBatch, Store } from './store/store.ts';
import { UnitBuffer, type UnitValue } from './unit-buffer.ts';

/** The most that a crash without `close` loses, in milliseconds of reports. */
export const FLUSH_MS = 1000;
/** Units and arms that may wait in memory while the store cannot take them. */
const MAX_PENDING = 200_000;
/** The same for tallies that are of use for a while only. */
const MAX_PASSING = 20_000;
/** How long a store remembers the last batch of a process that tells no more: it may be away as long while a batch waits to be sent again. */
const REMEMBERED_MS = 7 * 86_400_000;
/** What is of no more use is forgotten so often, unless it is sooner. */
const FORGETTING_MS = 3_600_000;
const NOTHING_SENT: Pick<FactsBatch, 'tallies' | 'units' | 'observations'> = { tallies: [], units: [], observations: [] };

interface FactsOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly scope: Scope;
  readonly instanceId: string;
  readonly onProblem: (error: unknown) => void;
}

export class FactsBuffer {
  readonly answers = new AnswerLog();
  readonly #options: FactsOptions;
  readonly #units = new UnitBuffer();
  /** Flags that answered since their last drain, and when they first did. */
  readonly #dirty = new Map<LiveFlag, number>();
  readonly #tallies = new Map<string, { readonly tally: Tally; readonly keepUntil: number | null }>();
  /** Subjects whose tallies are of use for a while only, the oldest first. */
  readonly #passing = new Set<string>();
  #forgetBefore: number | null = null;
  #forgotAt: number;
  readonly #looks = new Map<string, Looks>();
  #sequence = 0;
  #unsent: FactsBatch | null = null;
  #flushing: Promise<void> = Promise.resolve();
  #cancel: (() => void) | null = null;
  #isFull = false;
  #dropped = 0;

  constructor(options: FactsOptions) {
    this.#options = options;
    this.#forgotAt = options.clock.now();
  }

  /** Units, arms and tallies that wait to be kept, those of a batch that the store did not take included. */
  get size(): number {
    const { tallies, units, observations } = this.#unsent ?? NOTHING_SENT;
    return this.#dirty.size + this.#tallies.size + this.#units.size + tallies.length + units.length + observations.length;
  }

  /** What was refused or let go for want of room, since this buffer was made. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Called once per flag and flush, by the first evaluation after a drain. */
  markDirty(live: LiveFlag): void {
    live.isDirty = true;
    this.#dirty.set(live, this.#options.clock.now());
    this.#wake();
  }

  /** False when there is no room for it: whoever told of it may tell again. */
  expose(subject: string, unit: string, arm: string, dimensions: UnitDelta['dimensions'] | null = null): boolean {
    if (!this.#hasRoom()) return false;
    this.#units.expose({ subject, unit, arm, dimensions, at: this.#options.clock.now() });
    this.#wake();
    return true;
  }

  /** False when there is no room for it. */
  record(value: Omit<UnitValue, 'at'>): boolean {
    if (!this.#hasRoom()) return false;
    this.#units.record({ ...value, at: this.#options.clock.now() });
    this.#wake();
    return true;
  }

  /** False when there is no room for it. */
  observe(subject: string, arm: string, metric: string, value: number): boolean {
    if (!this.#hasRoom()) return false;
    this.#units.observe(subject, arm, metric, value);
    this.#wake();
    return true;
  }

  /** What a look at a test has shown; `flush` keeps it. */
  addLooks(subject: string, looks: Looks): void {
    this.#looks.set(subject, mergeLooks(this.#looks.get(subject) ?? NO_LOOKS, looks));
    this.#wake();
  }

  /** With `keepUntil`, an instant until which the store keeps it at least. */
  addTally(subject: string, tally: Tally, keepUntil: number | null = null): void {
    const before = this.#tallies.get(subject);
    this.#tallies.set(
      subject,
      before === undefined ? { tally, keepUntil } : { tally: mergeTally(before.tally, tally), keepUntil },
    );
    if (keepUntil !== null) this.#dropOldest(subject);
    this.#wake();
  }

  #dropOldest(added: string): void {
    this.#passing.add(added);
    if (this.#passing.size <= MAX_PASSING) return;
    for (const oldest of this.#passing) {
      this.#passing.delete(oldest);
      this.#tallies.delete(oldest);
      this.#dropped += 1;
      return;
    }
  }

  /** With the next batch, tallies that are kept until an earlier instant are forgotten. */
  forgetBefore(at: number): void {
    this.#forgetBefore = at;
  }

  /** Moves what a flag's meter counted here, before its variants change or it is flushed. */
  drainMeter(live: LiveFlag): void {
    const since = this.#dirty.get(live);
    if (since === undefined) return;
    this.answers.settle();
    this.#dirty.delete(live);
    live.isDirty = false;
    live.meter ??= new FlagMeter(live.compiled);
    const tally = live.meter.drain(since, this.#options.clock.now());
    if (!live.compiled.isOverridden) this.addTally(`flag/${live.compiled.flag.key}`, tally);
  }

  /** Resolves when all that was reported before the call is kept, or is known to wait for the store to come back. */
  flush(): Promise<void> {
    this.#cancel?.();
    this.#cancel = null;
    this.#flushing = this.#flushing.then(() => this.#flushNow());
    return this.#flushing;
  }

  async close(): Promise<void> {
    await this.flush();
    this.#cancel?.();
  }

  /** One batch that waited, and one of what is there now: under steady traffic there is always more, and it is the next flush's. */
  async #flushNow(): Promise<void> {
    if (this.#unsent !== null && !(await this.#send(this.#unsent))) return;
    const batch = this.#nextBatch();
    if (batch !== null) await this.#send(batch);
  }

  async #send(batch: FactsBatch): Promise<boolean> {
    this.#unsent = batch;
    try {
      await this.#options.store.addFacts(batch);
      this.#unsent = null;
      return true;
    } catch (error) {
      // The same batch is sent again under the same number, so that a store which did keep it counts it once.
      this.#options.onProblem(error);
      this.#wake();
      return false;
    }
  }

  #nextBatch(): FactsBatch | null {
    for (const live of [...this.#dirty.keys()]) this.drainMeter(live);
    const { scope } = this.#options;
    const tallies = [...this.#tallies].map(([subject, { tally, keepUntil }]) => ({
      ...{ scope, subject, tally },
      ...(keepUntil === null ? {} : { keepUntil }),
    }));
    this.#tallies.clear();
    this.#passing.clear();
    const { units, observations } = this.#units.drain();
    this.#isFull = false;
    const looks = [...this.#looks].map(([subject, seen]) => ({ subject, looks: seen }));
    this.#looks.clear();
    if (tallies.length + units.length + observations.length + looks.length === 0) return null;
    this.#sequence += 1;
    const now = this.#options.clock.now();
    const forgetBefore = this.#forgetBefore ?? (now - this.#forgotAt >= FORGETTING_MS ? now : null);
    if (forgetBefore !== null) this.#forgotAt = now;
    this.#forgetBefore = null;
    return {
      instanceId: this.#options.instanceId,
      seq: this.#sequence,
      scope,
      tallies,
      units,
      observations,
      ...(looks.length === 0 ? {} : { looks }),
      rememberUntil: now + REMEMBERED_MS,
      ...(forgetBefore === null ? {} : { forgetBefore }),
    };
  }

  #hasRoom(): boolean {
    if (this.#units.size < MAX_PENDING) return true;
    this.#dropped += 1;
    if (!this.#isFull) {
      this.#isFull = true;
      this.#options.onProblem(
        new SluiceError(
          'unavailable',
          `${MAX_PENDING} units wait to be kept and the store takes none; exposures and metrics are dropped until it does`,
        ),
      );
    }
    return false;
  }

  #wake(): void {
    this.#cancel ??= this.#options.clock.schedule(this.#options.clock.now() + FLUSH_MS, () => this.flush());
  }
}
