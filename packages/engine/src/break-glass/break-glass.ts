/**
 * Kills and rollbacks to a version that work when the store does not: in memory at once, tried on the store, and if that does not take them in time kept in the
 * break-glass journal and tried again until it does.
 */
import { randomUUID } from 'node:crypto';
import {
  type Change,
  type Emergency,
  isRefusal,
  planEmergency,
  type Reconciliation,
  type Refusal,
  SluiceError,
  sameScope,
} from '@sluice/core';
import type { Clock } from '../clock/clock.ts';
import { answeredWithin, LATE } from '../clock/deadline.ts';
import { describeFailure } from '../failure.ts';
import type { Logger } from '../logger.ts';
import { repeatedRequest } from '../store/receipt-book.ts';
import type { Committed, Store } from '../store/store.ts';
import type { View } from '../view.ts';
import { KeptEmergencies } from './kept-emergencies.ts';
import { inWords, type PendingEmergency, pendingOf } from './pending-emergency.ts';
import { reconcile } from './reconcile.ts';

interface Deps {
  readonly view: View;
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly problem: (error: unknown) => void;
  /** Called when what stands in the view has changed. */
  readonly changed: () => void;
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
/** What a store answers when the call itself is at fault; anything else is the world's failure, and a kill stands all the same. */
const CALLERS_FAULTS: ReadonlySet<string> = new Set(['invalid', 'notFound', 'refused', 'unauthorized', 'repeated']);

export class BreakGlass {
  readonly #deps: Deps;
  readonly #journal: KeptEmergencies;
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
    this.#journal = new KeptEmergencies(deps);
    this.#readJournal();
  }

  /** What another life of this process, or another process, left behind stands from the first evaluation on. */
  #readJournal(): void {
    try {
      const { emergencies, problems } = this.#journal.read();
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
    return [...this.#pending.values()].map((emergency) => pendingOf(emergency, this.#journal.has(emergency.id)));
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
    if (this.#isRepeated(asked)) return { committed: null, isDurable: false };
    const emergency: Emergency = { ...asked, id: randomUUID(), scope: view.scope, at: this.#now() };
    this.#over('impose', emergency);
    let isHandedOver = false;
    const work = commit((now, at) => (isHandedOver ? null : planEmergency(emergency, now.componentFacts(emergency.key), at)));
    let failure = `the store gave no answer within ${this.#deps.deadlineMs} ms`;
    try {
      const committed = await answeredWithin(clock, this.#deps.deadlineMs, work);
      if (committed !== LATE) {
        this.#over('lift', emergency);
        return { committed, isDurable: true };
      }
    } catch (error) {
      if (error instanceof SluiceError && CALLERS_FAULTS.has(error.code)) {
        this.#over('lift', emergency);
        throw error;
      }
      failure = describeFailure(error);
    }
    isHandedOver = true;
    this.#refuseUnservable(emergency, failure);
    await this.#keep(emergency, failure);
    // The store may answer after all.
    work.then(
      (committed) => committed !== null && this.#settle(emergency, { outcome: 'recorded' }),
      () => {},
    );
    return { committed: null, isDurable: false };
  }

  /** After all that waits, also where the clock was set back meanwhile: what was asked for last counts, here, in the next process and in the store. */
  #now(): number {
    return Math.max(this.#deps.clock.now(), ...[...this.#pending.values()].map(({ at }) => at + 1));
  }

  /** What was asked for by the same request stands already. @throws SluiceError `repeated` when that asked for something else */
  #isRepeated({ receipt }: Pick<Emergency, 'receipt'>): boolean {
    const first = [...this.#pending.values()].find((pending) => receipt !== undefined && pending.receipt?.id === receipt.id);
    if (first?.receipt === undefined) return false;
    if (first.receipt.fingerprint !== receipt?.fingerprint) throw repeatedRequest(first.receipt);
    return true;
  }

  /** What is refused by all that is known here has no effect that could stand until the store is back. @throws SluiceError of the refusal's code */
  #refuseUnservable(emergency: Emergency, failure: string): void {
    const { view, clock } = this.#deps;
    const facts = view.componentFacts(emergency.key);
    const planned = facts.flag === undefined ? null : planEmergency(emergency, facts, clock.now());
    if (planned === null || !isRefusal(planned)) return;
    this.#over('lift', emergency);
    throw new SluiceError(planned.code, `${planned.refused}; and the store cannot be asked whether that is still so: ${failure}`);
  }

  #over(what: 'impose' | 'lift', emergency: Emergency): void {
    this.#deps.view[what](emergency);
    this.#deps.changed();
  }

  async #keep(emergency: Emergency, failure: string): Promise<void> {
    this.#pending.set(emergency.id, emergency);
    const what = `${inWords(emergency)} in this process at once, but the store does not have it: ${failure}`;
    try {
      const path = await this.#journal.keep(emergency);
      this.#deps.problem(new SluiceError('unavailable', `${what}; it stands in ${path} until the store takes it`));
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
      await this.#journal.keepAgain(this.#pending.values());
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
    for (const emergency of [...this.#pending.values()].sort((a, b) => a.at - b.at)) {
      const isPending = (): boolean => this.#pending.has(emergency.id);
      const work = this.#ready.then(async () => {
        const outcome = await reconcile(emergency, this.#deps, isPending);
        if (outcome !== null) this.#settle(emergency, outcome);
      });
      if ((await answeredWithin(clock, deadlineMs, work)) === LATE)
        throw new SluiceError('unavailable', `${inWords(emergency)}: the store gave no answer within ${deadlineMs} ms`);
    }
    await this.#clear();
  }

  #settle(emergency: Emergency, { outcome, ...rest }: Reconciliation): void {
    if (!this.#pending.delete(emergency.id)) return;
    this.#settled.add(emergency.id);
    this.#over('lift', emergency);
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
    await this.#journal.remove(ids);
    for (const id of ids) this.#settled.delete(id);
  }

  /** Tries once more; what the store does not take then is found in the journal by the next process. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelRetry?.();
    if (this.#pending.size > 0 || this.#settled.size > 0) await this.settle().catch(this.#deps.problem);
  }
}
