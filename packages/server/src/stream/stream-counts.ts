/** What the streams of this process have done since it started, for its metrics. */
import type { ResyncReason } from '@sluice/protocol';

export interface StreamCounts {
  /** Frames given to clients, each counted for each client. */
  frames: number;
  /** Clients that read too slowly and had their queue dropped. */
  overflows: number;
  /** Connections that went on where they had stopped. */
  resumed: number;
  /** Snapshots that were sent in place of deltas, by reason. */
  resyncs: Record<ResyncReason, number>;
  /** Connections refused. */
  refused: number;
  /** Clients ended because they took nothing. */
  reaped: number;
}

export function noCounts(): StreamCounts {
  const resyncs = { overflow: 0, tooOld: 0, otherLog: 0 };
  return { frames: 0, overflows: 0, resumed: 0, resyncs, refused: 0, reaped: 0 };
}
