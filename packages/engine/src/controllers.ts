/** One controller for everything that stands on one runtime, however many managers were built over it. */
import { Controller } from './controller.ts';
import type { MetricSource } from './metrics/metric-source.ts';
import type { Runtime } from './runtime.ts';
import { ValidatorRegistry } from './validators.ts';

export interface ControllerParts {
  readonly controller: Controller;
  readonly validators: ValidatorRegistry;
  /** By the name that criteria use; the process's own collector is `collector`. */
  readonly sources: Map<string, MetricSource>;
}

const CONTROLLERS = new WeakMap<Runtime, ControllerParts>();

export function controllerOf(runtime: Runtime): ControllerParts {
  const found = CONTROLLERS.get(runtime);
  if (found !== undefined) return found;
  const validators = new ValidatorRegistry();
  const sources = new Map<string, MetricSource>();
  const parts = { controller: new Controller(runtime, validators, sources), validators, sources };
  CONTROLLERS.set(runtime, parts);
  return parts;
}
