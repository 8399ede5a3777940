/** What people may do to a project, as whole changes. */
import type { Change } from '../change.ts';
import { type Refusal, refuse } from '../error.ts';
import { type Attribution, eventOf } from '../event.ts';
import type { EventType } from '../event-type.ts';
import type { JsonObject } from '../json.ts';
import { projectScope } from '../scope.ts';
import { isAlike } from './key.ts';
import { type EnvironmentFlags, levelDefinitions } from './plan-definition.ts';
import { type Environment, environmentOf, type Project } from './project.ts';
import { MAX_ENVIRONMENTS, type ParsedProject } from './settings.ts';

/** Flags that are there already are made the same in all environments. */
export function planCreateProject(
  kept: Project | undefined,
  parsed: ParsedProject,
  flags: readonly EnvironmentFlags[],
  by: Attribution,
  now: number,
): Change | Refusal {
  if (kept !== undefined) return refuse(`project "${parsed.key}" exists already`, 'conflict');
  const project: Project = {
    kind: 'project',
    scope: projectScope(parsed.key),
    ...parsed,
    revision: 1,
    createdAt: now,
    updatedAt: now,
  };
  const made = levelDefinitions(flags, by, now);
  return {
    records: [project, ...made.records],
    events: [eventOf('project.created', project, by, now), ...made.events],
    seesAll: true,
  };
}

export function planRenameProject(project: Project, name: string, by: Attribution, now: number): Change | null {
  return name === project.name ? null : changed(project, { name }, 'project.updated', by, now, {});
}

/** Every flag of the project exists in the new environment too, disabled. `flags` are those of all environments, the new one included. */
export function planAddEnvironment(
  project: Project,
  environment: Environment,
  flags: readonly EnvironmentFlags[],
  by: Attribution,
  now: number,
): Change | Refusal {
  const name = `project "${project.key}"`;
  if (environmentOf(project, environment.key) !== undefined)
    return refuse(`${name} has an environment "${environment.key}" already`, 'conflict');
  const alike = project.environments.find(({ key }) => isAlike(key, environment.key));
  if (alike !== undefined)
    return refuse(`${name} has an environment "${alike.key}", which people would take for "${environment.key}"`, 'conflict');
  if (project.environments.length >= MAX_ENVIRONMENTS) return refuse(`${name} has ${MAX_ENVIRONMENTS} environments already`);
  const environments = [...project.environments, environment];
  const detail = { environment: environment.key, isProtected: environment.isProtected };
  const change = changed(project, { environments }, 'project.environmentAdded', by, now, detail);
  const made = levelDefinitions(flags, by, now);
  return { records: [...change.records, ...made.records], events: [...change.events, ...made.events], seesAll: true };
}

/** Null when it is so already. */
export function planSetProtected(
  project: Project,
  key: string,
  isProtected: boolean,
  by: Attribution,
  now: number,
): Change | Refusal | null {
  const environment = environmentOf(project, key);
  if (environment === undefined) return unknownEnvironment(project, key);
  if (environment.isProtected === isProtected) return null;
  if (by.reason.trim() === '')
    return refuse(`project "${project.key}": whether "${key}" is protected is changed with a reason only`, 'invalid', [
      { path: '/reason', message: 'must say why' },
    ]);
  const environments = project.environments.map((other) => (other === environment ? { ...other, isProtected } : other));
  return changed(project, { environments }, 'project.protectionChanged', by, now, { environment: key, isProtected });
}

export function unknownEnvironment(project: Project, key: string): Refusal {
  const known = project.environments.map((environment) => environment.key).join(', ');
  return refuse(`project "${project.key}" has no environment "${key}"; there are ${known}`, 'notFound');
}

export function unknownProject(key: string): Refusal {
  return refuse(`project "${key}" does not exist`, 'notFound');
}

function changed(
  project: Project,
  fields: Partial<Project>,
  type: EventType,
  by: Attribution,
  now: number,
  detail: JsonObject,
): Change {
  const after: Project = { ...project, ...fields, revision: project.revision + 1, updatedAt: now };
  return { records: [after], events: [eventOf(type, after, by, now, detail)] };
}
