/** Where a record lives. In the library there is one scope; a server has many. */
export interface Scope {
  readonly project: string;
  readonly environment: string;
}

export const DEFAULT_SCOPE: Scope = Object.freeze({ project: 'default', environment: 'production' });

export function sameScope(a: Scope, b: Scope): boolean {
  return a.project === b.project && a.environment === b.environment;
}
