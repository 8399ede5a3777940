/** One loaded instance with its leases. It is disposed of exactly once, and never under a lease. */
import { disposeOf } from './loader.ts';

export type InstanceState = 'loading' | 'ready' | 'draining' | 'disposed' | 'failed';

export class LeasedInstance {
  /** Settles when the loader does. */
  readonly loaded: Promise<unknown>;
  readonly #onProblem: (error: unknown) => void;
  #value: unknown;
  #loading: 'loading' | 'ready' | 'failed' = 'loading';
  #leases = 0;
  #isDraining = false;
  /** Set when its disposal begins; from then on nobody is given it. */
  #isGone = false;
  #isDisposed = false;
  #waiting: ((isDisposed: boolean) => void)[] = [];
  /** Whether somebody was told that its leases outlived a deadline. */
  isReportedLate = false;

  /** `onProblem` hears of a disposal that fails. */
  constructor(load: Promise<unknown>, onProblem: (error: unknown) => void) {
    this.#onProblem = onProblem;
    this.loaded = load.then(
      (value) => {
        [this.#value, this.#loading] = [value, 'ready'];
        this.#disposeIfIdle();
        return value;
      },
      (error: unknown) => {
        this.#loading = 'failed';
        this.#disposeIfIdle();
        throw error;
      },
    );
    // Whoever leases hears of a failure; nobody has to.
    this.loaded.catch(() => {});
  }

  get state(): InstanceState {
    if (this.#isDisposed) return 'disposed';
    if (this.#isDraining) return 'draining';
    return this.#loading;
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  get leases(): number {
    return this.#leases;
  }

  /** Counts at once, also while it loads. One that was draining is wanted again and stays. */
  lease(): void {
    this.#leases += 1;
    this.keep();
  }

  /** Ends a drain that has not come to the disposal: it is wanted again. */
  keep(): void {
    if (!this.#isDraining || this.#isGone) return;
    this.#isDraining = false;
    this.#answer(false);
  }

  release(): void {
    this.#leases -= 1;
    this.#disposeIfIdle();
  }

  /** Disposes of it when no lease is left: resolves with true then, with false when somebody leased it again before. */
  drain(): Promise<boolean> {
    if (this.#isDisposed) return Promise.resolve(true);
    this.#isDraining = true;
    const drained = new Promise<boolean>((resolve) => this.#waiting.push(resolve));
    this.#disposeIfIdle();
    return drained;
  }

  #disposeIfIdle(): void {
    if (!this.#isDraining || this.#isGone || this.#leases > 0 || this.#loading === 'loading') return;
    this.#isGone = true;
    const disposed = this.#loading === 'failed' ? Promise.resolve() : disposeOf(this.#value);
    void disposed.catch(this.#onProblem).then(() => {
      this.#isDisposed = true;
      this.#value = undefined;
      this.#answer(true);
    });
  }

  #answer(isDisposed: boolean): void {
    for (const resolve of this.#waiting.splice(0)) resolve(isDisposed);
  }
}
