/** The token record: a secret that stands for an SDK or a person. */
import type { Scope } from '../scope.ts';
import type { TokenKind } from './roles.ts';

export interface Token {
  readonly kind: 'token';
  /** `{ project, environment: '*' }`, and `*`/`*` for a personal one. */
  readonly scope: Scope;
  /** Its id, which is no secret. */
  readonly key: string;
  readonly revision: number;
  readonly tokenKind: TokenKind;
  /** For people: what it is for. */
  readonly label: string;
  /** SHA-256 of the whole secret, in hex. Never leaves. */
  readonly hash: string;
  /** The one environment in which it may do anything; null for a personal one. */
  readonly boundTo: Scope | null;
  /** Key of the person for whom a personal token stands; else null. */
  readonly person: string | null;
  /** Who made it. */
  readonly createdBy: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** From then on it is refused; null is never. */
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
}

export function isTokenValid({ expiresAt, revokedAt }: Token, now: number): boolean {
  return revokedAt === null && (expiresAt === null || now < expiresAt);
}
