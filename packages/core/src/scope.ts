/** Where a record lives. In the library there is one scope; a server has many. */
export interface Scope {
  readonly project: string;
  readonly environment: string;
}

export const DEFAULT_SCOPE: Scope = Object.freeze({ project: 'default', environment: 'production' });

export function sameScope(a: Scope, b: Scope): boolean {
  return a.project === b.project && a.environment === b.environment;
}

/** Records of a scope that nobody meant would be seen by nobody. */
export function isScope(value: unknown): value is Scope {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 2) return false;
  const { project, environment } = value as Partial<Record<keyof Scope, unknown>>;
  return [project, environment].every((part) => typeof part === 'string' && part !== '');
}
