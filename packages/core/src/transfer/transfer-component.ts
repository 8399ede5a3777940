/** A component's registry as a document has it. Which version serves is in the flag of the same name. */
import type { Component, RegisteredVersion } from '../component/component.ts';
import { versionProblem } from '../component/version.ts';
import type { Issue } from '../error.ts';
import { nameProblem } from '../flag/flag-file.ts';
import { shown } from '../flag/shown.ts';
import type { JsonObject } from '../json.ts';
import type { Scope } from '../scope.ts';
import { fullText, instant, listOf, objectOf, orNull, type Shape, text } from './shape.ts';

const version: Shape = (value, path) => {
  const problem = versionProblem(value);
  return problem === null ? [] : [{ path, message: `${problem}; it is ${shown(value)}` }];
};
const SHAPE = objectOf({
  component: (value, path) => {
    const problem = nameProblem(value);
    return problem === null ? [] : [{ path, message: `${problem}; it is ${shown(value)}` }];
  },
  versions: listOf(
    objectOf({ version, build: orNull(fullText), registeredAt: instant, registeredBy: text, retiredAt: orNull(instant) }),
  ),
});

export function formatComponentEntry(component: Component): JsonObject {
  return {
    component: component.key,
    versions: component.versions.map((known) => ({
      version: known.version,
      build: known.build,
      registeredAt: new Date(known.registeredAt).toISOString(),
      registeredBy: known.registeredBy,
      retiredAt: known.retiredAt === null ? null : new Date(known.retiredAt).toISOString(),
    })),
  };
}

/** The registry at revision 0, or every issue. */
export function parseComponentEntry(value: unknown, path: string, scope: Scope): Component | readonly Issue[] {
  const issues = [...SHAPE(value, path)];
  if (issues.length > 0) return issues;
  const entry = value as JsonObject;
  const versions = (entry.versions as readonly JsonObject[]).map(
    (known): RegisteredVersion => ({
      version: known.version as string,
      build: known.build as string | null,
      registeredAt: Date.parse(known.registeredAt as string),
      registeredBy: known.registeredBy as string,
      retiredAt: known.retiredAt === null ? null : Date.parse(known.retiredAt as string),
    }),
  );
  const twice = versions.findIndex((known, index) => versions.findIndex((other) => other.version === known.version) !== index);
  if (twice >= 0)
    return [
      {
        path: `${path}/versions/${twice}/version`,
        message: `is "${versions[twice]?.version}" again; a version is registered once`,
      },
    ];
  return { kind: 'component', scope, key: entry.component as string, revision: 0, versions };
}

/** Why the versions kept here and those of a document do not go together, or null: a version once used is never forgotten. */
export function forgottenVersions(before: Component, after: Component): string | null {
  const lost = before.versions.filter((known) => {
    const found = after.versions.find((other) => other.version === known.version);
    return found === undefined || (known.retiredAt !== null && found.retiredAt === null);
  });
  if (lost.length === 0) return null;
  return `it would forget ${lost.map((known) => known.version).join(', ')}, and a version once used is not used again`;
}
