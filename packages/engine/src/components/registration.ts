/** The one way into the registry of versions, whichever manager is asked. */
import { isRefusal, parseVersion, planRegisterVersion, SluiceError } from '@sluice/core';
import { describeValue } from '../failure.ts';
import { attributionOf, type MutationOptions, requestOf } from '../mutation.ts';
import { nameOf } from '../names.ts';
import type { Runtime } from '../runtime.ts';
import type { VersionLoader } from './loader.ts';
import { describeVersions, type VersionDetails } from './version-details.ts';
import { poolOf } from './version-pool.ts';
import type { HealthCheck } from './version-slot.ts';

export interface RegisterOptions<Instance = unknown> extends MutationOptions {
  /** Asked before a version gets traffic from a rollout or a swap, and by `health`; only `true` is well. */
  readonly healthCheck?: HealthCheck<Instance>;
}

/**
 * Keeps the version if it is new, and attaches its loader in this process.
 * @throws SluiceError `invalid` for what is no semantic version or no function, `conflict` for a version that is registered (without a
 *   loader) or has a loader here (with one), `refused` for a retired version
 */
export async function registerVersion<Instance>(
  runtime: Runtime,
  component: string,
  version: string,
  load: VersionLoader<Instance> | undefined,
  options: RegisterOptions<Instance>,
): Promise<VersionDetails> {
  nameOf(component, 'component name');
  const { healthCheck, ...by } = options;
  checkFunction(component, 'load', load);
  checkFunction(component, 'healthCheck', healthCheck);
  if (healthCheck !== undefined && load === undefined)
    throw new SluiceError('invalid', `component "${component}": a healthCheck needs the loader of what it checks`);
  const parsed = parseVersion(component, version);
  if (isRefusal(parsed)) throw new SluiceError(parsed.code, parsed.refused);
  const pool = poolOf(runtime);
  const slot = load === undefined ? null : pool.slot(component, parsed.version);
  // The slot has no type of its own: whoever registers and whoever uses a component agree on what its instances are.
  slot?.attach(load as VersionLoader, (healthCheck as HealthCheck | undefined) ?? null);
  try {
    await runtime.commit(
      (view, now) => planRegisterVersion(view.componentFacts(component), version, load !== undefined, attributionOf(by), now),
      requestOf(by),
    );
  } catch (error) {
    slot?.detach();
    throw error;
  }
  return describeVersions(runtime.view, pool, component).find((known) => known.version === parsed.version) as VersionDetails;
}

function checkFunction(component: string, name: string, value: unknown): void {
  if (value === undefined || typeof value === 'function') return;
  throw new SluiceError('invalid', `component "${component}": ${name} must be a function; it is ${describeValue(value)}`, {
    issues: [{ path: `/${name}`, message: 'must be a function' }],
  });
}
