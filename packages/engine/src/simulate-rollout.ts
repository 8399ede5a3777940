/** The simulation of core, for those who ask in a program. */
import {
  type RolloutAssumptions,
  type RolloutForecast,
  type RolloutSettings,
  SluiceError,
  seededGenerator,
  simulateRollout as simulate,
} from '@sluice/core';
import { describeValue } from './failure.ts';
import { checkIsObject } from './mutation.ts';
import type { StartRolloutOptions } from './rollout-start.ts';

export interface SimulateOptions {
  /** The same seed gives the same answer; `sluice` unless given. */
  readonly seed?: string;
  /** How many rollouts are simulated, each once with a harmless change and once as assumed; 200 unless given. */
  readonly replicates?: number;
}

/**
 * What a plan would do: how often it rolls a harmless change back, how long it takes to find a change that is as assumed, and how many units see it until
 * then. The options are those of `startRollout`, of which a validator is never asked: it agrees. People approve at once, and metrics other than the error
 * rate are well; when it starts, freeze windows and instants of stages are left out. It calculates for seconds: call it where nothing waits for it.
 * @throws SluiceError `invalid` naming every bad option
 */
export function simulateRollout(
  plan: StartRolloutOptions,
  assumptions: RolloutAssumptions,
  options: SimulateOptions = {},
): RolloutForecast {
  const { seed = 'sluice', replicates = 200, ...strangers } = options;
  const [stranger] = Object.keys(strangers);
  if (stranger !== undefined)
    throw new SluiceError('invalid', `simulateRollout: /${stranger} is not an option; there are seed and replicates`);
  if (typeof seed !== 'string')
    throw new SluiceError('invalid', `simulateRollout: /seed must be a text; it is ${describeValue(seed)}`);
  return simulate(simulable(plan), assumptions, { seed, replicates, generator: seededGenerator });
}

/** What starts a rollout and is no part of its plan is left out. */
function simulable(options: StartRolloutOptions): RolloutSettings {
  checkIsObject('simulateRollout', options);
  const { validate, onConflict: _onConflict, reason: _reason, actor: _actor, request: _request, ...plan } = options;
  if (validate === undefined) return plan;
  if (typeof validate !== 'function')
    throw new SluiceError(
      'invalid',
      `simulateRollout: /validate must be a function of the percentage; it is ${describeValue(validate)}`,
    );
  return { validatorName: 'validate', ...plan };
}
