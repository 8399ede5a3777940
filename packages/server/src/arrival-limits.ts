/** How long a request may take to arrive: whoever dribbles bytes holds a connection, and a place among those that are open, for so long and no longer. */
export interface ArrivalLimits {
  /** From the connection, or the end of the request before, to the end of the headers, in milliseconds. */
  readonly headersMs: number;
  /** The same to the end of the body; at least `headersMs`. */
  readonly requestMs: number;
  /** How often it is looked for those that took longer. */
  readonly checkMs: number;
}

export const ARRIVAL_LIMITS: ArrivalLimits = { headersMs: 10_000, requestMs: 30_000, checkMs: 1_000 };
