/** Which replica tells webhooks: the one that holds the lease. It gives up by itself what it could not renew. */
import type { Clock, Store } from 'sluice';

/** A sender that is silent for so long has lost its webhooks to whoever asks next. In milliseconds. */
export const SENDER_LEASE_MS = 15_000;
const NAME = 'notifications';

interface SenderLeaseParts {
  readonly store: Pick<Store, 'lease' | 'release'>;
  readonly clock: Clock;
  readonly holder: string;
  readonly onProblem: (error: unknown) => void;
  readonly onGained: () => void;
}

export class SenderLease {
  readonly #parts: SenderLeaseParts;
  #token: number | null = null;
  #until = Number.NEGATIVE_INFINITY;
  #lost = new AbortController();
  #cancel: () => void = () => {};
  #isClosed = false;

  constructor(parts: SenderLeaseParts) {
    this.#parts = parts;
  }

  /** Asks for the lease now, and three times in each of its lives. */
  start(): void {
    const work = this.#renew();
    this.#parts.clock.track(work);
  }

  get isHeld(): boolean {
    return this.#token !== null && this.#parts.clock.now() < this.#until;
  }

  /** Aborted when the lease is lost or given back. */
  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  /** Whether it is still the same holder's turn that it was, asked of the store: one who slept past the lease must note nothing. */
  async confirm(): Promise<boolean> {
    const token = this.#token;
    await this.#ask();
    return token !== null && this.#token === token && this.isHeld;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancel();
    const wasHeld = this.#token !== null;
    this.#lose();
    const { store, holder } = this.#parts;
    // A lease that cannot be given back ends by itself.
    if (wasHeld) await store.release(NAME, holder).catch(() => {});
  }

  async #renew(): Promise<void> {
    if (this.#isClosed) return;
    await this.#ask();
    if (this.#isClosed) return;
    const { clock } = this.#parts;
    this.#cancel();
    this.#cancel = clock.schedule(clock.now() + SENDER_LEASE_MS / 3, () => this.#renew(), { keepAlive: true });
  }

  async #ask(): Promise<void> {
    const { store, clock, holder, onProblem, onGained } = this.#parts;
    const now = clock.now();
    const until = now + SENDER_LEASE_MS;
    try {
      const token = await store.lease({ name: NAME, holder, now, until });
      if (this.#isClosed) return;
      const isNew = token !== this.#token;
      if (isNew) this.#lose();
      [this.#token, this.#until] = [token, until];
      if (isNew && token !== null) onGained();
    } catch (error) {
      onProblem(error);
      if (clock.now() >= this.#until) this.#lose();
    }
  }

  #lose(): void {
    this.#token = null;
    this.#lost.abort();
    this.#lost = new AbortController();
  }
}
