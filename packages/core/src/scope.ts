/** Where a record lives. In the library there is one scope; a server has many. */
export interface Scope {
  readonly project: string;
  readonly environment: string;
}

export const DEFAULT_SCOPE: Scope = Object.freeze({ project: 'default', environment: 'production' });

/** In the place of a key: what belongs to no single environment, or to no single project. Nothing can be called so. */
export const EVERY = '*';

/** Where the records of the whole installation live. */
export const INSTALLATION_SCOPE: Scope = Object.freeze({ project: EVERY, environment: EVERY });

/** Where the records of a whole project live. */
export function projectScope(project: string): Scope {
  return { project, environment: EVERY };
}

export function sameScope(a: Scope, b: Scope): boolean {
  return a.project === b.project && a.environment === b.environment;
}

/** Records of a scope that nobody meant would be seen by nobody. */
export function isScope(value: unknown): value is Scope {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 2) return false;
  const { project, environment } = value as Partial<Record<keyof Scope, unknown>>;
  return [project, environment].every((part) => typeof part === 'string' && part !== '' && part !== EVERY);
}
