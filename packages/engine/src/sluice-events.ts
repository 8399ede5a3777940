/** What `sluice.on` can hear of. */
import type { EventType, LoggedEvent, SluiceError } from '@sluice/core';

/** A unit was served a variant of a flag that a running test is about. Told once per unit and process. */
export interface Exposure {
  readonly testId: string;
  readonly variant: string;
  readonly userId: string | number;
  readonly at: number;
}

/** Every event of the log, exposures, and problems that no caller was there to be told of. */
export type SluiceEvents = { readonly [K in EventType]: LoggedEvent } & {
  readonly exposure: Exposure;
  readonly problem: SluiceError;
};
