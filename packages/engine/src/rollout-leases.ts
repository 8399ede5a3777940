/** Which rollouts this process drives: exactly one process acts on each. */
import type { Rollout } from '@sluice/core';
import type { Runtime } from './runtime.ts';
import type { ValidatorRegistry } from './validators.ts';

/** A controller that is silent for so long has lost its rollouts to whoever asks next. In milliseconds. */
export const LEASE_MS = 15_000;

export class RolloutLeases {
  readonly #runtime: Runtime;
  readonly #validators: ValidatorRegistry;
  readonly #until = new Map<string, number>();

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
   * A holder that slept past its lease is fenced by the record's revision.
   */
  async mayAct(rollout: Rollout): Promise<boolean> {
    const now = this.#runtime.clock.now();
    const name = leaseName(rollout);
    if ((this.#until.get(name) ?? 0) - now > LEASE_MS / 2) return true;
    const until = this.isAble(rollout) ? now + LEASE_MS : now;
    const token = await this.#runtime.store.lease({ name, holder: this.#runtime.instanceId, now, until });
    if (token === null) this.#until.delete(name);
    else this.#until.set(name, until);
    return token !== null;
  }

  holds(rollout: Rollout): boolean {
    return (this.#until.get(leaseName(rollout)) ?? 0) > this.#runtime.clock.now();
  }

  async releaseAll(): Promise<void> {
    // A lease that cannot be given back ends by itself.
    for (const name of this.#until.keys()) await this.#runtime.store.release(name, this.#runtime.instanceId).catch(() => {});
  }
}

function leaseName(rollout: Rollout): string {
  return `rollout/${rollout.scope.project}/${rollout.scope.environment}/${rollout.key}/${rollout.number}`;
}
