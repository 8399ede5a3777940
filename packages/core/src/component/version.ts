/** What names a version: a semantic version, of which build metadata is no part. */
import { lt, parse } from 'semver';
import { type Refusal, refuse } from '../error.ts';

export interface ParsedVersion {
  /** Without build metadata: two builds of one version are the same version. */
  readonly version: string;
  readonly build: string | null;
}

/** Why `value` is no version, or null. A leading `v`, spaces and missing parts are refused, so that one version has one name. */
export function versionProblem(value: unknown): string | null {
  const parsed = typeof value === 'string' ? parse(value) : null;
  const isExact = parsed !== null && [parsed.version, ...buildPart(parsed.build)].join('+') === value;
  return isExact ? null : 'must be a semantic version such as "2.0.0" or "2.1.0-rc.1"';
}

/** `component` names the place in the refusal. */
export function parseVersion(component: string, value: unknown): ParsedVersion | Refusal {
  const problem = versionProblem(value);
  if (problem !== null) return refuse(`component "${component}": the version ${problem}; it is ${shown(value)}`, 'invalid');
  const [version = '', build = null] = (value as string).split('+');
  return { version, build };
}

/** Whether `version` comes before `other` by semantic precedence. Both are versions, as `parseVersion` lets them through. */
export function isEarlierVersion(version: string, other: string): boolean {
  return lt(version, other);
}

function buildPart(build: readonly string[]): readonly string[] {
  return build.length === 0 ? [] : [build.join('.')];
}

function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 80)) : typeof value;
}
