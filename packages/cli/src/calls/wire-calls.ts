/** Calls of a server. */
import { randomUUID } from 'node:crypto';
import { createClient, routeOf } from '@sluice/client';
import type { Settings } from '../settings.ts';
import type { Calls } from './calls.ts';

/** Longer than a kill waits for its store. */
const TIMEOUT_MS = 15_000;

export function wireCalls({ url, token }: Settings): Calls {
  const client = createClient({ url: url ?? '', timeoutMs: TIMEOUT_MS, ...(token === undefined ? {} : { token }) });
  return {
    // With a key of its own each change may be sent again when its answer was lost.
    call: (id, input, options) =>
      client.call(id, input, routeOf(id).changes ? { idempotencyKey: randomUUID(), ...options } : options),
    close: async () => undefined,
  };
}
