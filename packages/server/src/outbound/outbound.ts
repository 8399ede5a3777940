/** How this server reaches others: one policy, one resolver and one clock, for what is saved and for what is sent. */
import { type Clock, type Fetch, systemClock } from 'sluice';
import { checkOutboundUrl, type ResolveName, resolveName } from './check-outbound-url.ts';
import { guardedFetch } from './guarded-fetch.ts';
import type { OutboundPolicy } from './outbound-policy.ts';

export interface OutboundOptions {
  readonly policy: OutboundPolicy;
  /** The system's resolver unless given. */
  readonly resolve?: ResolveName;
  /** The system's clock unless given. */
  readonly clock?: Clock;
}

export class Outbound {
  readonly policy: OutboundPolicy;
  readonly resolve: ResolveName;
  readonly clock: Clock;
  /** With 10 s for each request. */
  readonly fetch: Fetch;

  constructor({ policy, resolve = resolveName, clock = systemClock() }: OutboundOptions) {
    this.policy = policy;
    this.resolve = resolve;
    this.clock = clock;
    this.fetch = guardedFetch({ policy, resolve, clock });
  }

  /** Whether somebody may save this URL; `onUnresolved` lets one pass whose host has no address now. @throws SluiceError `invalid` at `path` */
  async check(url: unknown, path: string, onUnresolved?: (host: string) => void): Promise<URL> {
    return await checkOutboundUrl(url, this.policy, { resolve: this.resolve, path, onUnresolved });
  }
}
