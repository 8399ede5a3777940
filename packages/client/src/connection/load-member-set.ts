/** Fetches the members of a large segment, which the snapshot only names. */
import { SluiceError } from '@sluice/core';
import { routeOf } from '@sluice/protocol';
import type { ConnectionClock } from './connection-clock.ts';

export interface LoadOptions {
  readonly url: string;
  readonly token: () => string | undefined | Promise<string | undefined>;
  readonly clock: ConnectionClock;
  readonly fetch: typeof fetch;
  readonly timeoutMs: number;
}

/** @throws SluiceError `unavailable` when the server does not give it */
export async function loadMemberSet(id: string, options: LoadOptions): Promise<Uint8Array> {
  const { url, token, clock, fetch: send, timeoutMs } = options;
  const path = routeOf('definitions.ownMembers').path.replace(':set', encodeURIComponent(id));
  const controller = new AbortController();
  const cancel = clock.schedule(clock.now() + timeoutMs, () => controller.abort());
  try {
    const secret = await token();
    const headers = secret === undefined ? {} : { authorization: `Bearer ${secret}` };
    const response = await send(`${url}${path}`, { headers, signal: controller.signal });
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (response.ok) return bytes;
    throw new SluiceError('unavailable', `the server answered ${response.status} to the request for member set ${id}`);
  } catch (cause) {
    if (cause instanceof SluiceError) throw cause;
    throw new SluiceError('unavailable', `member set ${id} cannot be fetched`, { cause });
  } finally {
    cancel();
  }
}
