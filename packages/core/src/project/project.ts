/** The project record: the environments in which one set of flags lives. */
import type { Scope } from '../scope.ts';

export interface Environment {
  readonly key: string;
  /** For people. */
  readonly name: string;
  /** Whether a reason is required of every change, and shares rise past the first stage only by a rollout. */
  readonly isProtected: boolean;
}

export interface Project {
  readonly kind: 'project';
  /** `{ project: <its key>, environment: '*' }`. */
  readonly scope: Scope;
  readonly key: string;
  /** Grows by one with every commit of this record; the first is 1. */
  readonly revision: number;
  readonly name: string;
  /** In the order in which a change goes through them. At least one. */
  readonly environments: readonly Environment[];
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

export const DEFAULT_ENVIRONMENTS: readonly Environment[] = Object.freeze([
  Object.freeze({ key: 'development', name: 'Development', isProtected: false }),
  Object.freeze({ key: 'staging', name: 'Staging', isProtected: false }),
  Object.freeze({ key: 'production', name: 'Production', isProtected: true }),
]);

export function environmentOf(project: Project, key: string): Environment | undefined {
  return project.environments.find((environment) => environment.key === key);
}
