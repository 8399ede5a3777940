/** What makes a project and an environment, read whole. */
import type { Issue } from '../error.ts';
import { throwIssues } from '../issues.ts';
import { listOf, objectOf, yesOrNo } from '../transfer/shape.ts';
import { isAlike, keyShape, nameShape } from './key.ts';
import { DEFAULT_ENVIRONMENTS, type Environment } from './project.ts';

export interface EnvironmentSettings {
  /** 1 to 128 letters, digits, ".", "_" and "-". */
  readonly key: string;
  /** For people; the key unless given. */
  readonly name?: string;
  /** False unless given. */
  readonly isProtected?: boolean;
}

export interface ProjectSettings {
  /** 1 to 128 letters, digits, ".", "_" and "-". */
  readonly key: string;
  /** For people; the key unless given. */
  readonly name?: string;
  /** development, staging and production, the last of them protected, unless given. 1 to 50. */
  readonly environments?: readonly EnvironmentSettings[];
}

export interface ParsedProject {
  readonly key: string;
  readonly name: string;
  readonly environments: readonly Environment[];
}

export const MAX_ENVIRONMENTS = 50;

const environmentShape = objectOf({ key: keyShape }, { name: nameShape, isProtected: yesOrNo });
const projectShape = objectOf({ key: keyShape }, { name: nameShape, environments: listOf(environmentShape) });

/** @throws SluiceError `invalid` with every issue */
export function parseProjectSettings(settings: unknown): ParsedProject {
  const issues = projectShape(settings, '');
  throwIssues('project', issues.length > 0 ? issues : listIssues(settings as ProjectSettings));
  const { key, name = key, environments } = settings as ProjectSettings;
  return { key, name, environments: environments?.map(environmentFrom) ?? DEFAULT_ENVIRONMENTS };
}

/** @throws SluiceError `invalid` with every issue */
export function parseEnvironmentSettings(settings: unknown): Environment {
  throwIssues('environment', environmentShape(settings, ''));
  return environmentFrom(settings as EnvironmentSettings);
}

/** @throws SluiceError `invalid` */
export function parseProjectName(name: unknown): string {
  throwIssues('project', nameShape(name, '/name'));
  return name as string;
}

function environmentFrom({ key, name = key, isProtected = false }: EnvironmentSettings): Environment {
  return { key, name, isProtected };
}

function listIssues({ environments }: ProjectSettings): Issue[] {
  if (environments === undefined) return [];
  if (environments.length === 0 || environments.length > MAX_ENVIRONMENTS)
    return [
      { path: '/environments', message: `must be 1 to ${MAX_ENVIRONMENTS} environments; there are ${environments.length}` },
    ];
  const keys = environments.map(({ key }) => key);
  return keys.flatMap((key, index) => {
    const first = keys.find((other) => isAlike(other, key)) as string;
    if (keys.indexOf(first) === index) return [];
    const message = first === key ? `is "${key}" for the second time` : `is "${key}", which people would take for "${first}"`;
    return [{ path: `/environments/${index}/key`, message }];
  });
}
