/** How much of a stage can have been watched, kept apart from what the product says of it: the most that its bake may count. */
import { currentStage, type Rollout } from '@sluice/core';

/** The most that a gap between two looks may count, in milliseconds: three ticks of a second. */
const GAP_MS = 3_000;

interface Entered {
  readonly number: number;
  readonly stage: number;
  readonly at: number;
  readonly gaps: number;
  heldMs: number;
  heldAt: number | null;
}

export class WatchedTime {
  readonly #now: () => number;
  #jumped = 0;
  #gaps = 0;
  readonly #entered = new Map<string, Entered>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The clock was set while a process lived. */
  jumped(ms: number): void {
    this.#jumped += ms;
    this.#gaps += 1;
  }

  /** No process lived for so long: of that, nothing counts. */
  slept(ms: number): void {
    this.#jumped += ms;
  }

  #passed(): number {
    return this.#now() - this.#jumped;
  }

  /** A kept rollout: it may have entered a stage, or begun or ended to be held. */
  note({ key, number, phase }: Rollout): void {
    const stage = currentStage(phase) ?? -1;
    const entered = this.#entered.get(key);
    if (entered === undefined || entered.number !== number || entered.stage !== stage)
      this.#entered.set(key, { number, stage, at: this.#passed(), gaps: this.#gaps, heldMs: 0, heldAt: null });
    const current = this.#entered.get(key) as Entered;
    if (phase.name === 'held') current.heldAt ??= this.#passed();
    else if (current.heldAt !== null) {
      current.heldMs += this.#passed() - current.heldAt;
      current.heldAt = null;
    }
  }

  /** The most that the current stage of this flag's rollout can have baked. */
  mostBaked(key: string): number {
    const entered = this.#entered.get(key);
    if (entered === undefined) return 0;
    return this.#passed() - entered.at - entered.heldMs + GAP_MS * (this.#gaps - entered.gaps);
  }
}
