/** Which rollouts this process drives: exactly one process acts on each. */
import { isRefusal, type Rollout, SluiceError } from '@sluice/core';
import type { Decide, Runtime } from './runtime.ts';
import type { Committed } from './store/store.ts';
import type { ValidatorRegistry } from './validators.ts';

export class RolloutLeases {
  readonly #runtime: Runtime;
  readonly #validators: ValidatorRegistry;
  readonly #held = new Map<string, { readonly until: number; readonly token: number }>();

  constructor(runtime: Runtime, validators: ValidatorRegistry) {
    this.#runtime = runtime;
    this.#validators = validators;
  }

  /** Whether this process can judge the rollout: one without its validator only tells that it is missing. */
  isAble({ plan: { validatorName } }: Rollout): boolean {
    return validatorName === null || this.#validators.get(validatorName) !== undefined;
  }

  /**
   * Whether this process may act now. One that is not able acts only when nobody else does, and keeps nobody out.
   * A holder that slept past its lease is fenced by the store.
   */
  async mayAct(rollout: Rollout): Promise<boolean> {
    const now = this.#runtime.clock.now();
    const name = leaseName(rollout);
    if ((this.#held.get(name)?.until ?? 0) - now > this.#runtime.leaseMs / 2) return true;
    const until = this.isAble(rollout) ? now + this.#runtime.leaseMs : now;
    const token = await this.#runtime.store.lease({ name, holder: this.#runtime.instanceId, now, until });
    if (token === null) this.#held.delete(name);
    else this.#held.set(name, { until, token });
    return token !== null;
  }

  /**
   * Commits under the lease of the rollout, if this process ever had it. Null when there was nothing to do, or when the lease has gone to another,
   * who decides from now on.
   *
   * @throws SluiceError as `Runtime.commit` does
   */
  async commit(rollout: Rollout, decide: Decide): Promise<Committed | null> {
    const name = leaseName(rollout);
    const token = this.#held.get(name)?.token;
    if (token === undefined) return this.#runtime.commit(decide);
    let isRefused = false;
    const heeded: Decide = (view, now) => {
      const change = decide(view, now);
      isRefused = change !== null && isRefusal(change);
      return change;
    };
    try {
      return await this.#runtime.commit(heeded, undefined, { name, token });
    } catch (error) {
      if (isRefused || !(error instanceof SluiceError) || error.code !== 'refused') throw error;
      this.#held.delete(name);
      return null;
    }
  }

  holds(rollout: Rollout): boolean {
    return (this.#held.get(leaseName(rollout))?.until ?? 0) > this.#runtime.clock.now();
  }

  async releaseAll(): Promise<void> {
    // A lease that cannot be given back ends by itself.
    for (const name of this.#held.keys()) await this.#runtime.store.release(name, this.#runtime.instanceId).catch(() => {});
  }
}

function leaseName(rollout: Rollout): string {
  return `rollout/${rollout.scope.project}/${rollout.scope.environment}/${rollout.key}/${rollout.number}`;
}
