/** Flags of a server in this process. */
import type { AnyFlags } from '@sluice/core';
import type { ConnectOptions } from './connect-options.ts';
import { Connection } from './connection.ts';
import { ConnectionParts } from './connection-parts.ts';

/**
 * Opens a stream of the flags of the token's environment and keeps it open until `close()`. Answers at once: until `ready()` resolves, flags answer with
 * the caller's fallback, or with what the state file has. Its timers keep the process alive only while somebody waits for `ready()` or `close()`; an open stream always does.
 * @throws SluiceError `invalid` for options that cannot be meant; nothing else is ever thrown for what the server or the network does
 */
export function connect<Flags extends object = AnyFlags>(options: ConnectOptions<Flags>): Connection<Flags> {
  const parts = new ConnectionParts(options as ConnectOptions);
  parts.open();
  return new Connection<Flags>(parts);
}
