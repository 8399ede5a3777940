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

export interface SimulateOptions {
  /** The same seed gives the same answer; `sluice` unless given. */
  readonly seed?: string;
  /** How many rollouts are simulated, each once with a harmless change and once as assumed; 200 unless given. */
  readonly replicates?: number;
}

/**
 * What a plan would do: how often it rolls a harmless change back, how long it takes to find a change that is as assumed, and how many units see it until
 * then. The options are those of `startRollout`; a validator is given by name. People approve at once, validators agree, and metrics other than the error
 * rate are well; when it starts, freeze windows and instants of stages are left out. It calculates for seconds: call it where nothing waits for it.
 * @throws SluiceError `invalid` naming every bad option
 */
export function simulateRollout(
  plan: RolloutSettings,
  assumptions: RolloutAssumptions,
  options: SimulateOptions = {},
): RolloutForecast {
  const { seed = 'sluice', replicates = 200, ...strangers } = options;
  const [stranger] = Object.keys(strangers);
  if (stranger !== undefined)
    throw new SluiceError('invalid', `simulateRollout: /${stranger} is not an option; there are seed and replicates`);
  if (typeof seed !== 'string')
    throw new SluiceError('invalid', `simulateRollout: /seed must be a text; it is ${describeValue(seed)}`);
  return simulate(plan, assumptions, { seed, replicates, generator: seededGenerator });
}
