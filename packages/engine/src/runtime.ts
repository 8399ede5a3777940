/** What the managers stand on: one store, the view that follows it, and the one path on which a decision becomes a commit. */
import { randomUUID } from 'node:crypto';
import {
  type Change,
  DEFAULT_SCOPE,
  type Emergency,
  type FreezeWindow,
  isRefusal,
  parseFreezeWindows,
  protectionRefusal,
  type Receipt,
  type Refusal,
  reasonRefusal,
  SluiceError,
  type SluiceRecord,
} from '@sluice/core';
import { BreakGlass, type EmergencyOutcome } from './break-glass/break-glass.ts';
import { readBreakGlassOptions } from './break-glass/break-glass-options.ts';
import type { Clock } from './clock/clock.ts';
import { answeredWithin, LATE } from './clock/deadline.ts';
import { systemClock } from './clock/system-clock.ts';
import { commitDecided } from './commit-decided.ts';
import { ExposureWatches } from './exposure-watches.ts';
import { FactsBuffer } from './facts-buffer.ts';
import { asSluiceError } from './failure.ts';
import { Listeners } from './listeners.ts';
import { type Logger, neverThrowing, silentLogger } from './logger.ts';
import { type OverrideSettings, Overrides, readOverrides } from './overrides.ts';
import type { SluiceEvents } from './sluice-events.ts';
import { checkSluiceOptions, type SluiceOptions } from './sluice-options.ts';
import { DEFAULT_FILE, fileStore } from './store/file-store.ts';
import type { Committed, Fence, Store } from './store/store.ts';
import { View } from './view.ts';

/** A decision over the records as they are now. Null: nothing to do. */
export type Decide = (view: View, now: number) => Change | Refusal | null;

const LEASE_MS = 15_000;
/** How long closing waits for a store that does not answer. */
const CLOSE_PATIENCE_MS = 10_000;

export class Runtime {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly store: Store;
  readonly freezeWindows: readonly FreezeWindow[];
  /** A controller that is silent for so long has lost its rollouts to whoever asks next. In milliseconds. */
  readonly leaseMs: number;
  readonly view: View;
  readonly listeners: Listeners<SluiceEvents>;
  readonly instanceId = randomUUID();
  readonly facts: FactsBuffer;
  readonly breakGlass: BreakGlass;
  readonly overrides: Overrides;
  readonly #watches: ExposureWatches;
  readonly #isProtected: () => boolean;
  /** Resolves when the view holds what the store holds; at once for memory and file. */
  readonly ready: Promise<void>;
  #queue: Promise<unknown> = Promise.resolve();
  readonly #stopFollowing: () => void;
  readonly #closers = new Set<() => Promise<void> | void>();
  readonly #observers = new Set<(committed: Committed) => void>();
  #closing: Promise<void> | null = null;
  #isClosed = false;
  /** The last place in the log that the view has heard of. */
  #seq = 0;

  /** `variables` are those of the process, which may say what it alone serves. */
  constructor(options: SluiceOptions = {}, variables: NodeJS.ProcessEnv = process.env) {
    checkSluiceOptions(options);
    const { isProtected = false, leaseMs = LEASE_MS } = options;
    this.leaseMs = leaseMs;
    this.#isProtected = typeof isProtected === 'function' ? isProtected : () => isProtected;
    this.clock = options.clock ?? systemClock();
    this.freezeWindows = parseFreezeWindows(options.freezeWindows ?? []);
    this.logger = neverThrowing(options.logger ?? silentLogger);
    this.listeners = new Listeners<SluiceEvents>(this.logger);
    this.view = new View(options.scope ?? DEFAULT_SCOPE, (error) => this.problem(error));
    const overrides = readOverrides(options.overrides, variables, this.logger);
    this.store = options.store ?? fileStore(options.file, { clock: this.clock, onProblem: (error) => this.problem(error) });
    const { store, clock, instanceId } = this;
    this.facts = new FactsBuffer({ store, clock, instanceId, scope: this.view.scope, onProblem: (error) => this.problem(error) });
    this.#watches = new ExposureWatches({ view: this.view, facts: this.facts, store, clock, listeners: this.listeners });
    this.breakGlass = this.#breakGlassOf(options);
    this.#stopFollowing = this.store.follow((committed) => this.#follow(committed));
    this.ready = this.#load();
    // Whoever awaits `ready` hears of a failure; nobody has to.
    this.ready.catch((error: unknown) => this.problem(error));
    this.breakGlass.start(this.ready);
    this.onClose(() => this.breakGlass.close());
    this.overrides = new Overrides({ view: this.view, logger: this.logger, beforeFlag: (live) => this.facts.drainMeter(live) });
    this.#override(overrides);
  }

  #breakGlassOf({ store: given, file, breakGlass = {} }: SluiceOptions): BreakGlass {
    const { view, store, clock, logger } = this;
    const beside = given === undefined ? `${file ?? DEFAULT_FILE}.breakglass` : null;
    const problem = (error: unknown): void => this.problem(error);
    const changed = (): void => this.listeners.emit('emergencies', view.standing());
    return new BreakGlass({ view, store, clock, logger, problem, changed, ...readBreakGlassOptions(breakGlass, beside) });
  }

  #override(overrides: OverrideSettings): void {
    try {
      this.overrides.setAll(overrides);
    } catch (error) {
      void this.close();
      throw error;
    }
  }

  #load(): Promise<void> {
    const state = this.store.read();
    if (state instanceof Promise) return state.then(({ records, seq }) => this.#take(records, seq));
    this.#take(state.records, state.seq);
    return Promise.resolve();
  }

  #take(records: readonly SluiceRecord[], seq: number): void {
    this.#seq = Math.max(this.#seq, seq);
    this.view.apply(records, (live) => this.facts.drainMeter(live));
    this.#watches.update(records);
  }

  /**
   * Decides and commits, one at a time; a decision that lost against another process is made again over the new records.
   * Resolves when the change is durable and every evaluation sees it; null when there was nothing to change.
   * @throws SluiceError of the refusal's code, `conflict` after 16 lost attempts, `unavailable` when the store cannot keep it, `repeated` when a
   * change of this request was kept already, `refused` when the lease of `fence` went to another
   */
  commit(decide: Decide, request?: Receipt, fence?: Fence): Promise<Committed | null> {
    const work = this.#queue.then(() => this.#commitNow(decide, request, fence));
    this.#queue = work.catch(() => {});
    this.clock.track(work.catch(() => {}));
    return work;
  }

  /**
   * For what must take effect whatever the store does: in effect when this is called, and durable when the store can be written.
   * @throws SluiceError `notFound`, `invalid` or `refused` as `commit` does; never because the store failed
   */
  emergency(asked: Pick<Emergency, 'key' | 'act' | 'actor' | 'reason'>, request?: Receipt): Promise<EmergencyOutcome> {
    if (this.#isClosed) return Promise.reject(new SluiceError('refused', 'this Sluice is closed; create a new one'));
    if (this.#isProtected() && asked.reason.trim() === '') {
      const { code, refused, issues = [] } = reasonRefusal(`flag "${asked.key}"`, this.view.scope.environment);
      return Promise.reject(new SluiceError(code, refused, { issues }));
    }
    const receipt = request === undefined ? {} : { receipt: request };
    const work = this.breakGlass.perform({ ...asked, seq: this.#seq, ...receipt }, (decide) => this.commit(decide, request));
    this.clock.track(work.catch(() => {}));
    return work;
  }

  async #commitNow(decide: Decide, request: Receipt | undefined, fence: Fence | undefined): Promise<Committed | null> {
    if (this.#isClosed) throw new SluiceError('refused', 'this Sluice is closed; create a new one');
    await this.ready;
    // What this process serves already comes before what is decided now.
    if (this.breakGlass.isPending) await this.breakGlass.settle();
    const { store, view, clock } = this;
    return commitDecided({
      store,
      scopes: [view.scope],
      seen: () => this.#seq,
      decide: () => this.#permitted(decide(view, clock.now())),
      request,
      fence,
    });
  }

  #permitted(decided: ReturnType<Decide>): ReturnType<Decide> {
    return decided === null || isRefusal(decided) ? decided : (this.forbids(decided) ?? decided);
  }

  /** Why this environment does not take the change, or null. */
  forbids(change: Change): Refusal | null {
    return this.#isProtected() ? protectionRefusal(change, (key) => this.view.flag(key)) : null;
  }

  #follow(committed: Committed): void {
    this.#take(committed.records, committed.seq);
    for (const observer of this.#observers) observer(committed);
    for (const event of committed.events) {
      this.logger.info(`${event.type} ${event.key} by ${event.actor}${event.reason === '' ? '' : `: ${event.reason}`}`, {
        seq: event.seq,
        ...event.detail,
      });
      this.listeners.emit(event.type, event);
    }
  }

  /** Calls `observer` after the view holds a commit and before its listeners hear of it. Returns how to stop. */
  observe(observer: (committed: Committed) => void): () => void {
    this.#observers.add(observer);
    return () => this.#observers.delete(observer);
  }

  /** Tells of a failure that no caller was there to be told of. */
  problem(error: unknown): void {
    const failure = asSluiceError(error);
    this.logger.error(failure.message, { code: failure.code, issues: failure.issues });
    this.listeners.emit('problem', failure);
  }

  /** Called by `close`, in the order of registration. Returns how not to be. */
  onClose(closer: () => Promise<void> | void): () => void {
    this.#closers.add(closer);
    return () => this.#closers.delete(closer);
  }

  /** Finishes what is under way, flushes what is buffered and lets go of files and timers. Further changes are refused. */
  close(): Promise<void> {
    this.#closing ??= this.#closeOnce();
    return this.#closing;
  }

  async #closeOnce(): Promise<void> {
    for (const closer of this.#closers) await closer();
    if ((await answeredWithin(this.clock, CLOSE_PATIENCE_MS, this.#queue)) === LATE)
      this.problem(new SluiceError('unavailable', 'closed while the store had not answered a change, which may be kept or not'));
    this.#isClosed = true;
    await this.ready.catch(() => {});
    await this.facts.close();
    this.#stopFollowing();
    await this.store.close();
  }
}
