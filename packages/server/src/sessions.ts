/** Sessions of people: a signed cookie that says who and since when. What ends one early stands in the person's record, so every replica knows it. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Principal } from '@sluice/core';
import type { FastifyRequest } from 'fastify';
import type { Workspace } from 'sluice';

const COOKIE = 'sluice_session';
const SESSION_MS = 12 * 3_600_000;
const MAX_COOKIE = 1024;

export interface SessionOptions {
  readonly workspace: Pick<Workspace, 'access'>;
  /** What cookies are signed with: the same in every replica. */
  readonly key: string;
  readonly now: () => number;
  /** Whether people come by HTTPS alone. */
  readonly isSecure: boolean;
}

interface Said {
  readonly email: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}

export class Sessions {
  readonly #options: SessionOptions;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** The value of Set-Cookie, and when the session is over. */
  begin(email: string): { readonly cookie: string; readonly expiresAt: number } {
    const startedAt = this.#options.now();
    const said = Buffer.from(JSON.stringify({ email, startedAt })).toString('base64url');
    return { cookie: this.#cookie(`${said}.${this.#signature(said)}`, SESSION_MS / 1000), expiresAt: startedAt + SESSION_MS };
  }

  /** The value of Set-Cookie that takes the cookie away. */
  end(): string {
    return this.#cookie('', 0);
  }

  /** Null without a cookie, with one that was not signed here, and with one whose session is over. */
  principalOf(request: Pick<FastifyRequest, 'headers'>): Principal | null {
    const said = this.#saidIn(request);
    return said === null ? null : this.#options.workspace.access.sessionPrincipal(said.email, said.startedAt);
  }

  /** The address in a cookie that was signed by this or another replica, when there is nobody of it here. */
  unknownPersonOf(request: Pick<FastifyRequest, 'headers'>): string | null {
    const said = this.#saidIn(request);
    return said === null || this.#options.workspace.access.credentialsOf(said.email) !== null ? null : said.email;
  }

  #saidIn({ headers }: Pick<FastifyRequest, 'headers'>): Said | null {
    const value = new RegExp(`(?:^|; *)${COOKIE}=([\\w.-]{1,${MAX_COOKIE}})(?:;|$)`).exec(headers.cookie ?? '')?.[1];
    const [said = '', signature = ''] = value?.split('.') ?? [];
    if (said === '' || !isSame(signature, this.#signature(said))) return null;
    const { email, startedAt } = JSON.parse(Buffer.from(said, 'base64url').toString()) as Said;
    return this.#options.now() >= startedAt + SESSION_MS ? null : { email, startedAt };
  }

  #cookie(value: string, maxAgeSeconds: number): string {
    const secure = this.#options.isSecure ? '; Secure' : '';
    return `${COOKIE}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAgeSeconds}${secure}`;
  }

  #signature(said: string): string {
    return createHmac('sha256', this.#options.key).update(said).digest('base64url');
  }
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** Whether the browser says that a page of this very server asks. Browsers that say nothing of it are too old to be believed. */
export function isFromOwnPages({ headers, host }: Pick<FastifyRequest, 'headers' | 'host'>): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const { origin } = headers;
  return origin !== undefined && URL.canParse(origin) && new URL(origin).host === host;
}
