/** What `sluice.on` can hear of. */
import type { EventType, LoggedEvent, SluiceError, StandingEmergency } from '@sluice/core';

/** A unit was served a variant of a flag that a running test is about. Told once per unit and process. */
export interface Exposure {
  readonly testId: string;
  readonly variant: string;
  readonly userId: string | number;
  readonly at: number;
}

/**
 * Every event of the log, exposures, problems that no caller was there to be told of, and all kills and targeted rollbacks that are served
 * although the store does not have them, each time that these change: twice for each, when it is asked for and when the store has it.
 */
export type SluiceEvents = { readonly [K in EventType]: LoggedEvent } & {
  readonly exposure: Exposure;
  readonly problem: SluiceError;
  readonly emergencies: readonly StandingEmergency[];
};
