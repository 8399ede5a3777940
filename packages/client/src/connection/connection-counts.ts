/** What a connection did so far. */
export interface ConnectionCounts {
  /** Times that it tried to open a stream, and sent a report. */
  readonly connects: number;
  readonly reports: number;
  /** Units and values that the server has not taken yet, those on their way included. */
  readonly waiting: number;
  /** Reports that were lost: no room for them, refused by the server, or not sent before `close` ended. */
  readonly dropped: number;
}
