/** The versions of all components in this process: one pool for everything that stands on one runtime. Instances follow the flags. */
import { type Flag, SluiceError, versionsInUse } from '@sluice/core';
import type { Runtime } from '../runtime.ts';
import { checkHealth } from './health.ts';
import { StandIns } from './stand-in.ts';
import { type Lease, type SlotPorts, VersionSlot } from './version-slot.ts';

const LOAD_DEADLINE_MS = 60_000;
const DRAIN_DEADLINE_MS = 30_000;

export class VersionPool {
  readonly #runtime: Runtime;
  readonly #ports: SlotPorts;
  readonly #slots = new Map<string, Map<string, VersionSlot>>();
  readonly #standIns = new StandIns(
    (component) => this.slots(component),
    (error) => this.#ports.onProblem(error),
  );
  #isClosed = false;
  /** How long a loader may take. */
  loadDeadlineMs = LOAD_DEADLINE_MS;
  /** How long leases of a version that is no longer in use are waited for before they are told of. */
  drainDeadlineMs = DRAIN_DEADLINE_MS;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    this.#ports = {
      clock: runtime.clock,
      loadDeadlineMs: () => this.loadDeadlineMs,
      onProblem: (error) => runtime.problem(error),
    };
    runtime.observe(({ records }) => {
      for (const key of new Set(records.map((record) => record.key))) if (this.#slots.has(key)) this.letGo(key);
    });
    runtime.onClose(() => this.close());
  }

  slot(component: string, version: string): VersionSlot {
    const slots = this.#slots.get(component) ?? new Map<string, VersionSlot>();
    this.#slots.set(component, slots);
    const slot = slots.get(version) ?? new VersionSlot(component, version, this.#ports);
    slots.set(version, slot);
    return slot;
  }

  slots(component: string): readonly VersionSlot[] {
    return [...(this.#slots.get(component)?.values() ?? [])];
  }

  /** Whether this process loads versions of this component at all; an application may also choose by the flag alone. */
  loads(component: string): boolean {
    return this.slots(component).some((slot) => slot.hasLoader);
  }

  /**
   * Leases `version` at once; if it cannot be used here, the stable one, and if that cannot either, what stands in for it.
   * @throws SluiceError `unavailable` when none of them can, `refused` after `close`
   */
  async lease(component: string, version: string, stable: string): Promise<Lease> {
    this.refuseClosed();
    const slot = this.slot(component, version);
    if (version === stable && slot.isFailing) {
      const standIn = this.#standIns.of(component, stable);
      // Calls do not wait for what failed before; it is tried again beside them.
      if (standIn !== null) {
        void this.#leaseStable(component, stable).then(
          ({ release }) => release(),
          () => {},
        );
        return standIn.lease();
      }
    }
    try {
      return version === stable ? await this.#leaseStable(component, stable) : await slot.lease();
    } catch (error) {
      if (this.#isClosed) throw error;
      const causes = [error];
      if (version !== stable) {
        try {
          return await this.#leaseStable(component, stable);
        } catch (second) {
          causes.push(second);
        }
      }
      return this.#leaseStandIn(component, stable, causes);
    }
  }

  async #leaseStable(component: string, stable: string): Promise<Lease> {
    const lease = await this.slot(component, stable).lease();
    if (this.#standIns.end(component, stable)) this.letGo(component);
    return lease;
  }

  #leaseStandIn(component: string, stable: string, causes: readonly unknown[]): Promise<Lease> {
    const standIn = this.#standIns.of(component, stable);
    const why = causes.map(messageOf).join('; nor can the stable version: ');
    if (standIn === null) throw causes.length === 1 ? causes[0] : new SluiceError('unavailable', why, { cause: causes[0] });
    this.#standIns.begin(component, stable, messageOf(causes.at(-1)));
    return standIn.lease();
  }

  /** Loads a version that is to get traffic, tried again if it failed before, and asks whether it is well. @throws SluiceError `unavailable` when it may not get any */
  async prepare(component: string, version: string): Promise<Lease | null> {
    this.refuseClosed();
    if (!this.loads(component)) return null;
    const slot = this.slot(component, version);
    const lease = await slot.lease(true);
    const health = await checkHealth(slot, lease.instance, this.#ports.clock);
    if (health.isHealthy !== false) return lease;
    lease.release();
    this.letGo(component);
    throw new SluiceError('unavailable', `component "${component}" version ${version} is not healthy: ${health.message}`);
  }

  /** Why a version may not get traffic from a rollout; null when it may. */
  async versionProblem(component: string, version: string): Promise<string | null> {
    try {
      (await this.prepare(component, version))?.release();
      return null;
    } catch (error) {
      return messageOf(error);
    }
  }

  /** Why a rollout from `stable` to `version` cannot be carried out in this process; null when it can. */
  async rolloutProblem(component: string, version: string, stable: string): Promise<string | null> {
    return (await this.versionProblem(component, version)) ?? (await this.wayBackProblem(component, stable));
  }

  /**
   * Why a version cannot be gone back to in this process; null when it can. Its health is not asked: what is rolled out may be the cure.
   */
  async wayBackProblem(component: string, version: string): Promise<string | null> {
    if (!this.loads(component)) return null;
    try {
      (await this.slot(component, version).lease(true)).release();
      return null;
    } catch (error) {
      return `the way back does not work: ${messageOf(error)}`;
    }
  }

  /** What neither the flag nor its rollout names any more is drained, what they name again is kept, what was retired is not loaded again. */
  letGo(component: string): void {
    const flag = this.#runtime.view.served(component);
    if (flag === undefined) return;
    const unused = new Set(this.#unused(component, flag));
    for (const slot of this.slots(component)) if (!unused.has(slot)) slot.instance?.keep();
    for (const slot of unused)
      if (slot.state !== 'draining' && slot.state !== 'disposed') void slot.drain(this.drainDeadlineMs, false);
    for (const known of this.#runtime.view.components.get(component)?.versions ?? [])
      if (known.retiredAt !== null) this.slot(component, known.version).detach();
  }

  #unused(component: string, flag: Flag): VersionSlot[] {
    const used = versionsInUse(flag, this.#runtime.view.rollouts.get(component));
    const standIn = this.#standIns.of(component, flag.offVariant);
    return this.slots(component).filter((slot) => slot.instance !== null && slot !== standIn && !used.has(slot.version));
  }

  /** Waits for the drain of everything of this component that is not in use; true when all of it was let go by the deadline. */
  async drainUnused(component: string): Promise<boolean> {
    const flag = this.#runtime.view.served(component);
    const unused = flag === undefined ? [] : this.#unused(component, flag);
    const drained = await Promise.all(unused.map((slot) => slot.drain(this.drainDeadlineMs, true)));
    return drained.every((isDrained) => isDrained);
  }

  /** Loads the stable version and then waits for the drain of what is not in use. `problem` says why it does not load, and what serves instead. */
  async settle(component: string): Promise<{ readonly problem: string | null; readonly isDrained: boolean }> {
    const stable = this.#runtime.view.served(component)?.offVariant;
    if (stable === undefined || !this.loads(component)) return { problem: null, isDrained: true };
    let problem: string | null = null;
    try {
      (await this.slot(component, stable).lease(true)).release();
      this.#standIns.end(component, stable);
    } catch (error) {
      problem = this.#standIns.begin(component, stable, messageOf(error));
    }
    return { problem, isDrained: await this.drainUnused(component) };
  }

  refuseClosed(): void {
    if (this.#isClosed) throw new SluiceError('refused', 'this hot-swap manager is closed; its versions are let go');
  }

  /** No new leases; drains and disposes of everything. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const all = [...this.#slots.values()].flatMap((slots) => [...slots.values()]);
    await Promise.all(all.map((slot) => slot.drain(this.drainDeadlineMs, true)));
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const POOLS = new WeakMap<Runtime, VersionPool>();

export function poolOf(runtime: Runtime): VersionPool {
  const pool = POOLS.get(runtime) ?? new VersionPool(runtime);
  POOLS.set(runtime, pool);
  return pool;
}
