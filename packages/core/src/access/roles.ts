/** Who may do what: one table of roles, one of token kinds. */
import { EVERY, type Scope, sameScope } from '../scope.ts';

/** Each may do what the one before it may. */
export const ROLES = ['viewer', 'editor', 'approver', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/**
 * The least role that has each permission; null is every person, in whatever project.
 * - `flags.write`: flags, their definitions and scheduled edits; kills and rollbacks are `rollbacks.perform`
 * - `rollouts.operate`: start, pause, resume, abort; `rollouts.approve`: approve, reject, promote without evidence
 * - `evaluate`: have values evaluated; `snapshot.read`: everything that evaluating in another process takes
 * - `metrics.write`: send single values; `facts.write`: send tallies and per-unit deltas, as whoever evaluates in another process does
 * - `project.manage`: projects, environments and which of them are protected
 * - `access.manage`: people, their roles, and tokens of SDKs
 * - `notifications.manage`: webhooks, with what they failed to deliver
 * - `operations.read`: the state of the process that answers
 * - `breakGlass.perform`: kill and roll back in every project, whether or not the store can be written
 * - `account.manage`: one's own password, sessions and personal tokens
 */
const LEAST_ROLE = {
  'flags.read': 'viewer',
  'history.read': 'viewer',
  evaluate: 'viewer',
  'snapshot.read': 'viewer',
  'flags.write': 'editor',
  'segments.write': 'editor',
  'rollouts.operate': 'editor',
  'experiments.write': 'editor',
  'rollbacks.perform': 'editor',
  'components.write': 'editor',
  'metrics.write': 'editor',
  'facts.write': 'editor',
  'transfer.export': 'editor',
  'rollouts.approve': 'approver',
  'breakGlass.perform': 'approver',
  'transfer.import': 'admin',
  'project.manage': 'admin',
  'access.manage': 'admin',
  'notifications.manage': 'admin',
  'operations.read': 'admin',
  'account.manage': null,
} as const satisfies Readonly<Record<string, Role | null>>;

export type Permission = keyof typeof LEAST_ROLE;
export const PERMISSIONS = Object.freeze(Object.keys(LEAST_ROLE) as Permission[]);

/** A `server` token is kept secret by a backend; a `client` token can be read by whoever has the page; a `personal` one stands for its person. */
export const TOKEN_KINDS = ['server', 'client', 'personal'] as const;
export type TokenKind = (typeof TOKEN_KINDS)[number];

/** What a token of an SDK may do in its environment; a personal token may do what its person may. */
export const TOKEN_PERMISSIONS: Readonly<Record<Exclude<TokenKind, 'personal'>, readonly Permission[]>> = Object.freeze({
  server: Object.freeze(['snapshot.read', 'evaluate', 'metrics.write', 'facts.write'] as const),
  client: Object.freeze(['evaluate', 'metrics.write'] as const),
});

/** Roles by project; `*` is every project. */
export type Roles = Readonly<Record<string, Role>>;

/** Whoever asks for something. */
export type Principal =
  /** The installation itself: its first start, and whoever has the machine. */
  | { readonly kind: 'system' }
  /** Whoever has the break-glass token of a machine: nobody by name. */
  | { readonly kind: 'breakGlass' }
  | {
      readonly kind: 'person';
      /** The e-mail address, lower-cased. */
      readonly key: string;
      readonly roles: Roles;
      /** Id of the personal token that stands for the person; null when they are here themselves. */
      readonly token: string | null;
    }
  | {
      readonly kind: 'token';
      readonly id: string;
      readonly tokenKind: Exclude<TokenKind, 'personal'>;
      /** The one environment in which it may do anything. */
      readonly boundTo: Scope;
    };

/** As it stands in the history. */
export function actorOf(principal: Principal): string {
  if (principal.kind === 'person') return principal.key;
  if (principal.kind === 'breakGlass') return 'break-glass';
  return principal.kind === 'token' ? `token:${principal.id}` : 'system';
}

/**
 * Whether `principal` may do this in `scope`. What concerns a whole project has the environment `*`, and what concerns the whole
 * installation `*` and `*`: a role in one project is none there.
 */
export function permits(principal: Principal, permission: Permission, scope: Scope): boolean {
  if (principal.kind === 'system') return true;
  if (principal.kind === 'breakGlass') return permission === 'breakGlass.perform';
  if (principal.kind === 'token')
    return sameScope(principal.boundTo, scope) && TOKEN_PERMISSIONS[principal.tokenKind].includes(permission);
  const least: Role | null = LEAST_ROLE[permission];
  // A token that is lost must not be able to make others that outlive it.
  if (least === null) return principal.token === null;
  return rankOf(roleIn(principal.roles, scope.project)) >= rankOf(least);
}

/** The higher of the role in this project and the one in every project; null for none. */
export function roleIn(roles: Roles, project: string): Role | null {
  const [own, everywhere] = [project, EVERY].map((key) => (Object.hasOwn(roles, key) ? (roles[key] ?? null) : null));
  return rankOf(own ?? null) >= rankOf(everywhere ?? null) ? (own ?? null) : (everywhere ?? null);
}

/** 0 for none, and higher for who may do more. */
export function rankOf(role: Role | null): number {
  return role === null ? 0 : ROLES.indexOf(role) + 1;
}
