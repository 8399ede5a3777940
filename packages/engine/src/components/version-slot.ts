/** One version of a component in this process: how to load it, the instance there is now, and what went wrong last. */
import { SluiceError } from '@sluice/core';
import type { Clock } from '../clock/clock.ts';
import { describeFailure } from '../failure.ts';
import { LeasedInstance } from './leased-instance.ts';
import { loadWithin, type VersionLoader } from './loader.ts';

/**
 * - `registered`: known, without a loader in this process
 * - `idle`: it can be loaded and was not yet
 * - `loading`, `ready`, `draining` (no new calls, the old ones finish), `disposed`
 * - `failed`: the last load failed; it is tried again
 */
export type VersionState = 'registered' | 'idle' | 'loading' | 'ready' | 'draining' | 'disposed' | 'failed';

/** Says whether an instance is well: only `true` is. */
export type HealthCheck<Instance = unknown> = (instance: Instance) => boolean | PromiseLike<boolean>;

/** A lease on an instance; `release` counts once, however often it is called. */
export interface Lease {
  readonly version: string;
  readonly instance: unknown;
  release(): void;
}

export interface SlotPorts {
  readonly clock: Clock;
  readonly loadDeadlineMs: () => number;
  readonly onProblem: (error: SluiceError) => void;
}

/** A load that failed is not tried again by calls for so long: under traffic each of them would. */
const RETRY_MS = 1_000;

export class VersionSlot {
  readonly version: string;
  readonly #name: string;
  readonly #ports: SlotPorts;
  #load: VersionLoader | null = null;
  #healthCheck: HealthCheck | null = null;
  #instance: LeasedInstance | null = null;
  /** Being disposed of while a newer instance serves already. */
  #leaving: LeasedInstance[] = [];
  /** Null while the last load did not fail. */
  #failedAt: number | null = null;
  #lastError: string | null = null;
  #isMissingTold = false;

  constructor(component: string, version: string, ports: SlotPorts) {
    this.version = version;
    this.#name = `component "${component}" version ${version}`;
    this.#ports = ports;
  }

  /** @throws SluiceError `conflict` when it has a loader already: two loaders of one version are a mistake that only one of them would show */
  attach(load: VersionLoader, healthCheck: HealthCheck | null): void {
    if (this.#load !== null) throw new SluiceError('conflict', `${this.#name} has a loader in this process already`);
    [this.#load, this.#healthCheck] = [load, healthCheck];
    this.#isMissingTold = false;
  }

  detach(): void {
    [this.#load, this.#healthCheck] = [null, null];
  }

  get hasLoader(): boolean {
    return this.#load !== null;
  }

  get healthCheck(): HealthCheck | null {
    return this.#healthCheck;
  }

  get instance(): LeasedInstance | null {
    return this.#instance;
  }

  get state(): VersionState {
    if (this.#instance !== null) return this.#instance.state;
    return this.#load === null ? 'registered' : 'idle';
  }

  /** Whether the last load failed, also while it is tried again. */
  get isFailing(): boolean {
    return this.#failedAt !== null && this.state !== 'ready';
  }

  get leases(): number {
    return this.#instance?.leases ?? 0;
  }

  /** Of loading, disposing or a health check, in words; null when the last went well. */
  get lastError(): string | null {
    return this.#lastError;
  }

  /**
   * Counts a lease at once and loads if need be; calls at the same time share one load. `again` tries a load that failed just now.
   * @throws SluiceError `unavailable` without a loader, or when it fails
   */
  lease(again = false): Promise<Lease> {
    const instance = this.#usable(again);
    if (instance === null) return Promise.reject(this.#missing());
    instance.lease();
    let isHeld = true;
    const release = (): void => {
      if (isHeld) instance.release();
      isHeld = false;
    };
    return instance.loaded.then(
      (value) => ({ version: this.version, instance: value, release }),
      (error: unknown) => {
        release();
        throw this.#failure(error);
      },
    );
  }

  #usable(again: boolean): LeasedInstance | null {
    const { clock } = this.#ports;
    const current = this.#instance;
    const isSpent =
      current === null ||
      current.isGone ||
      (current.state === 'failed' && (again || clock.now() - (this.#failedAt ?? 0) >= RETRY_MS));
    if (!isSpent) return current;
    if (this.#load === null) return null;
    const loading = loadWithin(this.#load, {
      name: this.#name,
      deadlineMs: this.#ports.loadDeadlineMs(),
      clock,
      onProblem: (error) => this.#tell(error),
    });
    const instance = new LeasedInstance(loading, (error) => this.#tell(error));
    this.#leaving = [...this.#leaving, ...(current === null ? [] : [current])].filter(({ state }) => state === 'draining');
    this.#instance = instance;
    clock.track(instance.loaded.catch(() => {}));
    instance.loaded.then(
      () => {
        this.#lastError = null;
        this.#failedAt = null;
      },
      (error: unknown) => {
        this.#failedAt = clock.now();
        this.#tell(this.#failure(error));
      },
    );
    return instance;
  }

  note(error: string | null): void {
    this.#lastError = error;
  }

  #failure(error: unknown): SluiceError {
    if (error instanceof SluiceError) return error;
    return new SluiceError('unavailable', `${this.#name} cannot be loaded: ${describeFailure(error)}`, { cause: error });
  }

  #missing(): SluiceError {
    const error = new SluiceError('unavailable', `${this.#name} has no loader in this process; give it to registerVersion`);
    if (!this.#isMissingTold) this.#ports.onProblem(error);
    this.#isMissingTold = true;
    return error;
  }

  #tell(error: unknown): void {
    const problem =
      error instanceof SluiceError
        ? error
        : new SluiceError('unavailable', `${this.#name} failed to dispose: ${describeFailure(error)}`, { cause: error });
    this.#lastError = problem.message;
    this.#ports.onProblem(problem);
  }

  /**
   * Waits until no lease is left and the instance is disposed of, at most `deadlineMs`: false when leases outlive it (they are told of
   * and never cut off; the disposal follows the last of them) or the instance was wanted again.
   */
  drain(deadlineMs: number, keepAlive: boolean): Promise<boolean> {
    const instance = this.#instance;
    if (instance === null) return Promise.resolve(true);
    const { clock } = this.#ports;
    const leaving = this.#leaving.map((other) => other.drain());
    return new Promise((resolve) => {
      const atDeadline = (): void => {
        if (!instance.isReportedLate) this.#tell(late(this.#name, instance.leases, deadlineMs));
        instance.isReportedLate = true;
        resolve(false);
      };
      const cancel = clock.schedule(clock.now() + deadlineMs, atDeadline, { keepAlive });
      void Promise.all([instance.drain(), ...leaving]).then(([isDisposed]) => {
        cancel();
        resolve(isDisposed);
      });
    });
  }
}

function late(name: string, leases: number, deadlineMs: number): SluiceError {
  const what = leases === 0 ? 'its disposal has not ended' : `${leases} ${leases === 1 ? 'call holds' : 'calls hold'} it`;
  return new SluiceError('unavailable', `${name} is not drained after ${deadlineMs} ms: ${what}; it goes after the last`);
}
