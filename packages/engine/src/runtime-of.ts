/** What a manager is built over. */
import { SluiceError } from '@sluice/core';
import { describeValue } from './failure.ts';
import type { FlagManager } from './feature-flag-manager.ts';
import { Runtime } from './runtime.ts';

/** @throws SluiceError `invalid` naming what was given instead */
export function runtimeOf(manager: string, flags: FlagManager): Runtime {
  const runtime: unknown = (flags as FlagManager | undefined | null)?.runtime;
  if (runtime instanceof Runtime) return runtime;
  throw new SluiceError('invalid', `new ${manager}(flags) takes a FeatureFlagManager; it was given ${describeValue(flags)}`);
}
