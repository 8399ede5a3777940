/** The other replicas, to which a kill is passed on that the database does not take: without it they share nothing by which they could hear of it. */
import { type Receipt, shown } from '@sluice/core';
import { routeOf } from '@sluice/protocol';
import { type Clock, type Fetch, systemClock } from 'sluice';
import { guardedFetch } from '../outbound/guarded-fetch.ts';
import { type OutboundPolicy, parseOutboundPolicy } from '../outbound/outbound-policy.ts';
import type { BreakGlassToken } from './break-glass-token.ts';

/** Marks a kill that a replica passed on, which goes no further; its value is the receipt that all replicas keep it by. */
export const PASSED_ON = 'sluice-passed-on';
/** How long a peer may take: its own database has 2 s of it, and its disk as long. */
export const PEER_DEADLINE_MS = 5_000;
const ROUTE = routeOf('breakGlass.kill');

/** What became of a kill at one peer. */
export interface PeerAnswer {
  /** Its address, as it is configured. */
  readonly peer: string;
  /** Where it keeps the kill, which is in effect there; null where it is not known to be. */
  readonly keptIn: 'store' | 'journal' | 'memory' | null;
  /** Why it is not known to be in effect there; null where it is. */
  readonly problem: string | null;
}

export interface PeersOptions {
  readonly urls: readonly URL[];
  /** The token that replicas share. */
  readonly token: Pick<BreakGlassToken, 'secret'>;
  /** The system's unless given. */
  readonly clock?: Clock;
}

export class Peers {
  readonly #urls: readonly URL[];
  readonly #token: PeersOptions['token'];
  readonly #fetch: Fetch;

  constructor({ urls, token, clock = systemClock() }: PeersOptions) {
    this.#urls = urls;
    this.#token = token;
    this.#fetch = guardedFetch({ policy: policyFor(urls), clock, deadlineMs: PEER_DEADLINE_MS });
  }

  /** Asks all of them at once; never rejects. `receipt` makes one kill of whatever is sent again, from here or by a peer. */
  tell(kill: object, receipt: Receipt): Promise<PeerAnswer[]> {
    return Promise.all(this.#urls.map((url) => this.#tellOne(url, kill, receipt)));
  }

  async #tellOne(url: URL, kill: object, { id, fingerprint }: Receipt): Promise<PeerAnswer> {
    const peer = url.origin;
    const secret = this.#token.secret();
    if (secret === null) return { peer, keptIn: null, problem: 'this replica has no break-glass token to ask it by' };
    try {
      const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' };
      const answer = await this.#fetch(new URL(ROUTE.path, url), {
        method: ROUTE.method,
        headers: { ...headers, [PASSED_ON]: `${id}.${fingerprint}` },
        body: JSON.stringify(kill),
      });
      return { peer, ...readAnswer(answer.status, await answer.text()) };
    } catch (error) {
      return { peer, keptIn: null, problem: error instanceof Error ? error.message : String(error) };
    }
  }
}

/** An operator who names a peer allows its address, and no other. */
function policyFor(urls: readonly URL[]): OutboundPolicy {
  return parseOutboundPolicy(
    urls.map(({ hostname, port, protocol }) => `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`).join(','),
  );
}

function readAnswer(status: number, text: string): Omit<PeerAnswer, 'peer'> {
  const { keptIn, detail } = objectIn(text);
  if (status === 200 && (keptIn === 'store' || keptIn === 'journal' || keptIn === 'memory')) return { keptIn, problem: null };
  const why =
    status === 401 ? 'it has another break-glass token (SLUICE_BREAK_GLASS_TOKEN_FILE)' : String(detail ?? '').slice(0, 200);
  return { keptIn: null, problem: `it answered ${status}${why === '' ? '' : `: ${why}`}` };
}

function objectIn(text: string): { readonly keptIn?: unknown; readonly detail?: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** Addresses of other replicas, apart by commas or spaces: origins such as `http://10.0.0.12:4400`. A text says what is wrong. */
export function parsePeers(text: string): { readonly value: readonly URL[] } | string {
  const entries = text.split(/[\s,]+/).filter((entry) => entry !== '');
  for (const entry of entries) {
    const url = URL.canParse(entry) ? new URL(entry) : null;
    const isOrigin = url !== null && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`;
    if (!isOrigin)
      return `must be http or https addresses without a path, such as http://10.0.0.12:4400, apart by commas; ${shown(entry)} is none`;
  }
  return { value: entries.map((entry) => new URL(entry)) };
}
