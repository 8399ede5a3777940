/** Versions of components inside a running process: loaded once, leased for a call, swapped without dropping one, and let go of after the last. */

import {
  componentOf,
  isRefusal,
  liveVersion,
  planRetireVersion,
  planSwap,
  type Refusal,
  SluiceError,
  type Unit,
  versionsInUse,
} from '@sluice/core';
import { checkHealth, type VersionHealth } from './components/health.ts';
import type { VersionLoader } from './components/loader.ts';
import { type RegisterOptions, registerVersion } from './components/registration.ts';
import { describeVersions, type VersionDetails } from './components/version-details.ts';
import { poolOf, type VersionPool } from './components/version-pool.ts';
import { describeValue } from './failure.ts';
import type { FlagManager } from './feature-flag-manager.ts';
import { FlagReader } from './flag-reader.ts';
import { attributionOf, type MutationOptions, requestOf } from './mutation.ts';
import { nameOf } from './names.ts';
import type { Runtime } from './runtime.ts';
import { runtimeOf } from './runtime-of.ts';

export interface HotSwapManagerOptions {
  /** How long a loader may take; 60 s unless given. */
  readonly loadDeadlineMs?: number;
  /** How long calls on a version that is no longer in use are waited for before they are told of; 30 s unless given. They are never cut off. */
  readonly drainDeadlineMs?: number;
}

export interface SwapResult {
  readonly component: string;
  /** The stable version before. */
  readonly from: string;
  readonly to: string;
  /** False when everybody had it already. */
  readonly changed: boolean;
  /** Whether everything that is no longer in use was let go of in this process by the deadline. */
  readonly drained: boolean;
  /** With loading and draining. */
  readonly durationMs: number;
}

export class HotSwapManager {
  readonly #flags: FlagReader;
  readonly #runtime: Runtime;
  readonly #pool: VersionPool;

  /** Managers over the same flags share their versions; the latest deadlines that were given count. */
  constructor(flags: FlagManager, options: HotSwapManagerOptions = {}) {
    this.#runtime = runtimeOf('HotSwapManager', flags);
    this.#flags = new FlagReader(this.#runtime);
    this.#pool = poolOf(this.#runtime);
    if (options.loadDeadlineMs !== undefined) this.#pool.loadDeadlineMs = durationOf('loadDeadlineMs', options.loadDeadlineMs);
    if (options.drainDeadlineMs !== undefined)
      this.#pool.drainDeadlineMs = durationOf('drainDeadlineMs', options.drainDeadlineMs);
  }

  /** Whether it stands on this runtime; not for applications. */
  standsOn(runtime: Runtime): boolean {
    return this.#runtime === runtime;
  }

  /**
   * Adds a version to the registry and brings its loader. The first version makes the component and serves everybody; later ones get nobody
   * until a rollout with `toVersion`, `swapTo` or a rollback. A restarted process registers again with the loader, and finds the rest.
   */
  registerVersion<Instance>(
    component: string,
    version: string,
    load?: VersionLoader<Instance>,
    options: RegisterOptions<Instance> = {},
  ): Promise<VersionDetails> {
    return registerVersion(this.#runtime, component, version, load, options);
  }

  /**
   * Calls `work` with the instance of the version that the flag gives this unit, and holds it until the result is there. Counts as an
   * evaluation. Where that version cannot be used in this process, the stable one is, and where that cannot either, what served before it; the
   * problem is told.
   * @throws SluiceError `invalid` without a function, `notFound` for an unknown component, `unavailable` when none of them can be used; and what `work` throws
   */
  async use<Instance, Result>(
    component: string,
    unit: Unit | undefined,
    work: (instance: Instance, version: string) => Result | PromiseLike<Result>,
  ): Promise<Result> {
    if (typeof work !== 'function') {
      const message = `must be a function of the instance and its version; it is ${describeValue(work)}`;
      throw new SluiceError('invalid', `use("${nameOf(component, 'component name')}"): /work ${message}`, {
        issues: [{ path: '/work', message }],
      });
    }
    if (this.#runtime.view.flag(component) === undefined) {
      nameOf(component, 'component name');
      await this.#runtime.ready;
    }
    const { flag } = orThrow(componentOf(this.#runtime.view.componentFacts(component)));
    const stable = this.#runtime.view.served(component)?.offVariant ?? flag.offVariant;
    // Assigned and leased in one turn: no swap can come in between.
    const lease = await this.#pool.lease(component, this.#flags.getVariant(component, unit, stable), stable);
    try {
      return await work(lease.instance as Instance, lease.version);
    } finally {
      lease.release();
    }
  }

  /**
   * Loads `version`, moves everybody to it in one commit, and lets the old one go after its last call. A version that cannot be loaded, or
   * is not healthy, is not swapped to.
   * @throws SluiceError `notFound`, `conflict` while a rollout or test moves the share, `refused` for a killed component, `unavailable`
   */
  async swapTo(component: string, version: string, options: MutationOptions = {}): Promise<SwapResult> {
    nameOf(component, 'component name');
    const by = attributionOf(options);
    await this.#runtime.ready;
    const { clock, view } = this.#runtime;
    const startedAt = clock.now();
    const found = orThrow(liveVersion(view.componentFacts(component), version));
    const planned = planSwap(view.componentFacts(component), version, by, startedAt);
    if (planned !== null) orThrow(planned);
    const [from, to] = [found.flag.offVariant, found.known.version];
    const lease = await this.#pool.prepare(component, to);
    try {
      const committed = await this.#runtime.commit(
        (now, at) => planSwap(now.componentFacts(component), version, by, at),
        requestOf(options),
      );
      lease?.release();
      const drained = await this.#pool.drainUnused(component);
      return { component, from, to, changed: committed !== null, drained, durationMs: clock.now() - startedAt };
    } catch (error) {
      lease?.release();
      this.#pool.letGo(component);
      throw error;
    }
  }

  /**
   * Lets the instance of a version go after its last call; true when that was before the deadline. `swapTo`, rollbacks and the end of a
   * rollout do it by themselves.
   * @throws SluiceError `notFound`, `refused` while the flag or its rollout names the version
   */
  async drain(component: string, version: string, options: { readonly deadlineMs?: number } = {}): Promise<boolean> {
    nameOf(component, 'component name');
    const deadlineMs = durationOf('deadlineMs', options.deadlineMs ?? this.#pool.drainDeadlineMs);
    await this.#runtime.ready;
    const { view } = this.#runtime;
    const { flag, known } = orThrow(liveVersion(view.componentFacts(component), version));
    if (versionsInUse(flag, view.rollouts.get(component)).has(known.version))
      throw new SluiceError(
        'refused',
        `component "${component}": version ${known.version} is in use (the flag or its rollout names it), so it is not drained; swap first`,
      );
    return this.#pool.slot(component, known.version).drain(deadlineMs, true);
  }

  /** Loads what serves now and then waits for the drain of what does not; false when that took longer than the deadline, or the load failed (which is told). */
  async settle(component: string): Promise<boolean> {
    const { problem, isDrained } = await this.#pool.settle(component);
    return problem === null && isDrained;
  }

  /** In order of registration, retired ones included; empty for an unknown component. */
  versions(component: string): VersionDetails[] {
    return describeVersions(this.#runtime.view, this.#pool, component);
  }

  /** Asks every loaded version that has a health check, each within 10 s. Nothing follows from the answers but what you do with them. */
  health(component: string): Promise<VersionHealth[]> {
    const loaded = this.#pool.slots(component).map(async (slot): Promise<VersionHealth> => {
      const { version, state } = slot;
      if (state !== 'ready') return { version, isHealthy: state === 'failed' ? false : null, message: slot.lastError ?? state };
      const lease = await slot.lease();
      return checkHealth(slot, lease.instance, this.#runtime.clock).finally(() => lease.release());
    });
    return Promise.all(loaded);
  }

  /** Takes a version out of use for good; its number is not used again. @throws SluiceError `refused` while the flag or its rollout names it */
  async retireVersion(component: string, version: string, options: MutationOptions = {}): Promise<void> {
    nameOf(component, 'component name');
    const by = attributionOf(options);
    await this.#runtime.commit(
      (view, now) => planRetireVersion(view.componentFacts(component), version, by, now),
      requestOf(options),
    );
  }

  /** Takes no new calls, and resolves when the instances are disposed of after their last ones, or the drain's deadline has passed. Closing the flags does it too. */
  close(): Promise<void> {
    return this.#pool.close();
  }
}

function orThrow<Found extends object>(found: Found | Refusal): Found {
  if (isRefusal(found)) throw new SluiceError(found.code, found.refused);
  return found as Found;
}

function durationOf(name: string, ms: number): number {
  if (typeof ms === 'number' && Number.isFinite(ms) && ms >= 0) return ms;
  throw new SluiceError('invalid', `${name} must be 0 or more milliseconds; it is ${describeValue(ms)}`);
}
