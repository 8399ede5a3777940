/**
 * Kills that work when the store does not: in memory at once, tried on the store, and if that does not take them in time kept in the
 * break-glass journal and tried again until it does.
 */
import { randomUUID } from 'node:crypto';
import {
  type Change,
  type Emergency,
  type LoggedEvent,
  planEmergency,
  planReconciliation,
  type Reconciliation,
  type Refusal,
  SluiceError,
  sameScope,
} from '@sluice/core';
import type { Clock } from '../clock/clock.ts';
import { answeredWithin, LATE } from '../clock/deadline.ts';
import { describeFailure } from '../failure.ts';
import type { Logger } from '../logger.ts';
import type { Committed, Store } from '../store/store.ts';
import type { View } from '../view.ts';
import { BreakGlassJournal } from './break-glass-journal.ts';
import { inWords, type PendingEmergency, pendingOf } from './pending-emergency.ts';

interface Deps {
  readonly view: View;
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly problem: (error: unknown) => void;
  /** Null: emergencies that the store does not take stand in memory alone. */
  readonly file: string | null;
  readonly deadlineMs: number;
}

/** How an emergency came out for whoever asked for it. */
export interface EmergencyOutcome {
  /** Null when nothing had to change, or when the store does not have it yet. */
  readonly committed: Committed | null;
  /** False while it stands in memory, and in the break-glass journal if that could be written. */
  readonly isDurable: boolean;
}

type DecideEmergency = (view: View, now: number) => Change | Refusal | null;

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 30_000;
const MAX_ATTEMPTS = 16;
const LOG_PAGE = 1000;
/** What a store answers when the call itself is at fault; anything else is the world's failure, and a kill stands all the same. */
const CALLERS_FAULTS: ReadonlySet<string> = new Set(['invalid', 'notFound', 'refused', 'unauthorized', 'repeated']);

export class BreakGlass {
  readonly #deps: Deps;
  readonly #journal: BreakGlassJournal | null;
  readonly #pending = new Map<string, Emergency>();
  /** Emergencies of which the store has heard and the journal has not. */
  readonly #settled = new Set<string>();
  #ready: Promise<void> = Promise.resolve();
  #settling: Promise<void> | null = null;
  #retryMs = FIRST_RETRY_MS;
  #cancelRetry: (() => void) | null = null;
  #isClosed = false;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#journal = deps.file === null ? null : new BreakGlassJournal(deps.file);
    this.#readJournal();
  }

  /** What another life of this process, or another process, left behind stands from the first evaluation on. */
  #readJournal(): void {
    try {
      const { emergencies = [], problems = [] } = this.#journal?.read() ?? {};
      for (const problem of problems) this.#deps.problem(problem);
      for (const emergency of emergencies) {
        if (!sameScope(emergency.scope, this.#deps.view.scope)) continue;
        this.#deps.view.impose(emergency);
        this.#pending.set(emergency.id, emergency);
      }
    } catch (error) {
      this.#deps.problem(error);
    }
  }

  /** Begins to bring what is pending to the store, once its records are known. */
  start(ready: Promise<void>): void {
    this.#ready = ready;
    if (this.#pending.size > 0) this.#arm(0);
  }

  /** Whether the store lacks anything that is served. */
  get isPending(): boolean {
    return this.#pending.size > 0;
  }

  pending(): PendingEmergency[] {
    return [...this.#pending.values()].map(pendingOf);
  }

  isPendingFor(key: string): boolean {
    return [...this.#pending.values()].some((emergency) => emergency.key === key);
  }

  /**
   * In effect when this is called; resolves when the store has it, or does not in time. `commit` is the runtime's way to the store.
   * @throws SluiceError as the store's refusals, after which it is no longer in effect
   */
  async perform(
    asked: Omit<Emergency, 'id' | 'scope' | 'at'>,
    commit: (decide: DecideEmergency) => Promise<Committed | null>,
  ): Promise<EmergencyOutcome> {
    const { view, clock } = this.#deps;
    const emergency: Emergency = { ...asked, id: randomUUID(), scope: view.scope, at: clock.now() };
    view.impose(emergency);
    let isHandedOver = false;
    const work = commit((now, at) => (isHandedOver ? null : planEmergency(emergency, now.facts(emergency.key), at)));
    let failure = `the store gave no answer within ${this.#deps.deadlineMs} ms`;
    try {
      const committed = await answeredWithin(clock, this.#deps.deadlineMs, work);
      if (committed !== LATE) {
        view.lift(emergency);
        return { committed, isDurable: true };
      }
    } catch (error) {
      if (error instanceof SluiceError && CALLERS_FAULTS.has(error.code)) {
        view.lift(emergency);
        throw error;
      }
      failure = describeFailure(error);
    }
    isHandedOver = true;
    await this.#keep(emergency, failure);
    // The store may answer after all.
    work.then(
      (committed) => committed !== null && this.#settle(emergency, { outcome: 'recorded' }),
      () => {},
    );
    return { committed: null, isDurable: false };
  }

  async #keep(emergency: Emergency, failure: string): Promise<void> {
    this.#pending.set(emergency.id, emergency);
    const what = `${inWords(emergency)} in this process at once, but the store does not have it: ${failure}`;
    try {
      if (this.#journal === null) throw new SluiceError('unavailable', 'no break-glass file is configured');
      const kept = await answeredWithin(this.#deps.clock, this.#deps.deadlineMs, this.#journal.append(emergency));
      if (kept === LATE) throw new SluiceError('unavailable', `${this.#journal.path} gave no answer`);
      this.#deps.problem(new SluiceError('unavailable', `${what}; it stands in ${this.#journal.path} until the store takes it`));
    } catch (error) {
      const why = describeFailure(error);
      this.#deps.problem(
        new SluiceError('unavailable', `${what}; nor can it be kept elsewhere (${why}), so it ends with this process`),
      );
    }
    this.#arm(this.#retryMs);
  }

  #arm(delayMs: number): void {
    if (this.#isClosed || this.#cancelRetry !== null) return;
    const { clock } = this.#deps;
    this.#cancelRetry = clock.schedule(clock.now() + delayMs, async () => {
      this.#cancelRetry = null;
      await this.settle().catch((error: unknown) => this.#deps.logger.debug(`break glass: ${describeFailure(error)}`));
    });
  }

  /** Brings to the store what it lacks. @throws SluiceError `unavailable` while it cannot take it; then it is tried again later */
  settle(): Promise<void> {
    this.#settling ??= this.#settleAll().finally(() => {
      this.#settling = null;
      const isLeft = this.#pending.size > 0 || this.#settled.size > 0;
      this.#retryMs = isLeft ? Math.min(2 * this.#retryMs, LAST_RETRY_MS) : FIRST_RETRY_MS;
      if (isLeft) this.#arm(this.#retryMs);
    });
    return this.#settling;
  }

  async #settleAll(): Promise<void> {
    const { clock, deadlineMs } = this.#deps;
    for (const emergency of [...this.#pending.values()]) {
      const work = this.#ready.then(() => this.#reconcile(emergency));
      if ((await answeredWithin(clock, deadlineMs, work)) === LATE)
        throw new SluiceError('unavailable', `${inWords(emergency)}: the store gave no answer within ${deadlineMs} ms`);
    }
    await this.#clear();
  }

  /** Past the queue of commits, which a store that does not answer holds up. */
  async #reconcile(emergency: Emergency): Promise<void> {
    const { view, store, clock } = this.#deps;
    for (let attempt = 1; this.#pending.has(emergency.id); attempt++) {
      const later = await this.#later(emergency);
      const decision = planReconciliation(emergency, view.facts(emergency.key), later, clock.now());
      try {
        if (decision.outcome === 'commit') await store.commit(decision.change);
        return this.#settle(emergency, decision);
      } catch (error) {
        if (!(error instanceof SluiceError) || error.code !== 'conflict' || attempt >= MAX_ATTEMPTS) throw error;
      }
    }
  }

  async #later({ scope, key, seq }: Emergency): Promise<LoggedEvent[]> {
    const events: LoggedEvent[] = [];
    for (;;) {
      const after = events.at(-1)?.seq ?? seq;
      const page = await this.#deps.store.log({ scope, kind: 'flag', key, after, limit: LOG_PAGE });
      events.push(...page);
      if (page.length < LOG_PAGE) return events;
    }
  }

  #settle(emergency: Emergency, { outcome, ...rest }: Reconciliation): void {
    if (!this.#pending.delete(emergency.id)) return;
    this.#settled.add(emergency.id);
    this.#deps.view.lift(emergency);
    const { logger } = this.#deps;
    if (outcome === 'commit' || outcome === 'recorded') logger.info(`${inWords(emergency)}: the store has it now`);
    if ('by' in rest)
      logger.warn(`${inWords(emergency)}: ${rest.by.actor} took it back later, so it is not replayed`, { seq: rest.by.seq });
    if ('why' in rest) logger.warn(`${inWords(emergency)}: it is dropped, ${rest.why}`);
    if (this.#pending.size === 0) this.#arm(0);
  }

  async #clear(): Promise<void> {
    const ids = new Set(this.#settled);
    if (ids.size === 0) return;
    await this.#journal?.remove(ids);
    for (const id of ids) this.#settled.delete(id);
  }

  /** Tries once more; what the store does not take then is found in the journal by the next process. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelRetry?.();
    if (this.#pending.size > 0 || this.#settled.size > 0) await this.settle().catch(this.#deps.problem);
  }
}
