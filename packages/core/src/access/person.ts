/** The person record: somebody who may log in. */
import type { Scope } from '../scope.ts';
import type { Principal, Roles } from './roles.ts';

export interface Person {
  readonly kind: 'person';
  /** `{ project: '*', environment: '*' }`. */
  readonly scope: Scope;
  /** The e-mail address, lower-cased. */
  readonly key: string;
  /** Grows by one with every commit of this record; the first is 1. */
  readonly revision: number;
  readonly name: string;
  /** As the shell's password hash has it; null for somebody who cannot log in with one. Never leaves but by the log-in. */
  readonly passwordHash: string | null;
  readonly roles: Roles;
  readonly isDisabled: boolean;
  /** Sessions that began before this are over. Milliseconds since 1970. */
  readonly sessionsValidFrom: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** The person who is here themselves, or by a personal token. */
export function principalOf({ key, roles }: Person, token: string | null): Principal {
  return { kind: 'person', key, roles, token };
}

/** Whether a session that began at `startedAt` still stands. */
export function isSessionValid({ isDisabled, sessionsValidFrom }: Person, startedAt: number): boolean {
  return !isDisabled && startedAt >= sessionsValidFrom;
}
