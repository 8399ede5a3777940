/** What a connection is made with. */
import type { AnyFlags, FlagName, Override } from '@sluice/core';
import type { ConnectionClock } from './connection-clock.ts';

export interface ConnectOptions<Flags extends object = AnyFlags> {
  /** Of the server, such as `http://127.0.0.1:4400`; a path behind it is kept. */
  readonly url: string;
  /** A server token of the environment, or what gives one whenever it is needed. */
  readonly token?: string | (() => string | Promise<string>);
  /** Where the last good definitions are kept for the next start; nowhere unless given. */
  readonly stateFile?: string;
  /** Flags that are off once the definitions have not been known to be current for so many milliseconds. */
  readonly failSafe?: { readonly [Name in FlagName<Flags>]?: { readonly offWhenStaleMs: number } };
  /** What this process serves otherwise than it is kept, by flag: a variant's name, or true for on and false for off. For tests. */
  readonly overrides?: { readonly [Name in FlagName<Flags>]?: Override };
  /** How long a lost stream is STALE before it is an ERROR, and how long the first definitions may take; 5 s unless given. */
  readonly graceMs?: number;
  /** A stream on which not even a heartbeat comes for so long is lost; 45 s unless given, which is three heartbeats. */
  readonly deadStreamMs?: number;
  /** How long the server may take to begin an answer; 10 s unless given. */
  readonly timeoutMs?: number;
  /** How long reports are gathered before they are sent, and so what a crash loses at most; 1 s unless given. */
  readonly flushMs?: number;
  /** Units, and values, that wait at most while the server takes none; then new ones are dropped, counted and told. 200,000 unless given, some 50 MB. */
  readonly maxWaiting?: number;
  /** How long `close` waits at most for the server to take what was reported; 5 s unless given. */
  readonly closeMs?: number;
  readonly fetch?: typeof fetch;
  readonly clock?: ConnectionClock;
  /** From 0 to 1, for the jitter of what is tried again. */
  readonly random?: () => number;
}
