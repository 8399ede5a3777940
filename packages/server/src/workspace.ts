/** What the server needs of what it serves: environments, who calls, and what each may do. */
import type { Permission } from '@sluice/protocol';
import type { Scope, Sluice } from 'sluice';

/** Who calls. */
export interface Principal {
  /** Tells callers apart, and stays the same from request to request. */
  readonly id: string;
  /** Who is named in the history. */
  readonly actor: string;
  /** The one environment that a token is bound to; null for a person, who names it in the path. */
  readonly scope: Scope | null;
}

export interface Workspace {
  /** Undefined where there is no such environment. */
  environment(scope: Scope): Sluice | undefined;
  /** Those that there are. */
  scopes(): readonly Scope[];
  /** Null for a secret that nobody has, or that has expired or was taken back. */
  authenticate(secret: string): Promise<Principal | null>;
  /** Scope null is the whole installation. */
  permits(principal: Principal, permission: Permission, scope: Scope | null): boolean;
  /** Resolves when the records are loaded. */
  readonly ready: Promise<void>;
  close(): Promise<void>;
}
