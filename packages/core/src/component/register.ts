/** The registry of versions: what joins it, what leaves it, and that nothing in it is used twice. */

import type { Change } from '../change.ts';
import { isRefusal, type Refusal, refuse } from '../error.ts';
import { type Attribution, eventOf } from '../event.ts';
import { newFlag } from '../flag/edit.ts';
import type { Flag } from '../flag/flag.ts';
import type { FlagFacts } from '../flag/flag-facts.ts';
import { nameProblem, newNameProblem } from '../flag/flag-file.ts';
import { MAX_VARIANTS } from '../flag/flag-limits.ts';
import { lostVariantProblem } from '../flag/lost-variants.ts';
import { shown } from '../flag/shown.ts';
import { WHOLE_SHARE } from '../share.ts';
import type { Component, RegisteredVersion } from './component.ts';
import { versionsInUse } from './served.ts';
import { type ParsedVersion, parseVersion } from './version.ts';

/** The records that a change of one component can touch. */
export interface ComponentFacts extends FlagFacts {
  readonly component: Component | undefined;
}

/** Live versions of one component: a flag's variants are counted in slots, of which there are 8 190. */
export const MAX_LIVE_VERSIONS = MAX_VARIANTS;

/**
 * Adds a version to the registry. The first makes the component's flag and is served to everybody; later ones get nobody until a
 * rollout, a swap or a rollback names them.
 *
 * Registering again what is registered is how a restarted process brings its loader: null with `hasLoader`, refused without.
 */
export function planRegisterVersion(
  facts: ComponentFacts,
  version: unknown,
  hasLoader: boolean,
  by: Attribution,
  now: number,
): Change | Refusal | null {
  const { key, flag, component } = facts;
  const parsed = parseVersion(key, version);
  if (isRefusal(parsed)) return parsed;
  const problem = nameRefusal(facts);
  if (problem !== null) return problem;
  const known = component?.versions.find((other) => other.version === parsed.version);
  if (known !== undefined) return knownRefusal(key, known, hasLoader);
  const live = component?.versions.filter((other) => other.retiredAt === null) ?? [];
  if (live.length >= MAX_LIVE_VERSIONS)
    return refuse(`component "${key}" has ${MAX_LIVE_VERSIONS} versions; retire one with retireVersion first`);
  const registered = withVersion(facts, parsed, by, now);
  const after = flag === undefined ? firstFlag(facts, parsed.version, now) : withVariant(flag, parsed.version, now);
  return {
    records: [registered, after],
    events: [
      eventOf('component.registered', registered, by, now, { ...parsed }),
      eventOf(flag === undefined ? 'flag.created' : 'flag.updated', after, by, now),
    ],
  };
}

/** Takes a version out of use for good. Refused while the flag, or the rollout under way, names it. */
export function planRetireVersion(facts: ComponentFacts, version: unknown, by: Attribution, now: number): Change | Refusal {
  const found = liveVersion(facts, version);
  if (isRefusal(found)) return found;
  const { component, flag, known } = found;
  if (versionsInUse(flag, facts.rollout).has(known.version))
    return refuse(
      `component "${facts.key}": version ${known.version} is in use (the flag or its rollout names it); swap or roll back to another first`,
    );
  const versions = component.versions.map((other) => (other === known ? { ...other, retiredAt: now } : other));
  const retired: Component = { ...component, revision: component.revision + 1, versions };
  const variants = Object.fromEntries(Object.entries(flag.variants).filter(([name]) => name !== known.version));
  const after: Flag = { ...flag, variants, revision: flag.revision + 1, updatedAt: now };
  const { rollout, experiment, flags } = facts;
  const problem = lostVariantProblem(flag, after, { rollout, experiment, flags: flags?.values() ?? [] });
  if (problem !== null) return refuse(`component "${facts.key}": ${problem}`);
  return {
    records: [retired, after],
    events: [eventOf('component.retired', retired, by, now, { version: known.version }), eventOf('flag.updated', after, by, now)],
  };
}

/** The registry and the flag of a component, or why there is none. */
export function componentOf({
  key,
  flag,
  component,
}: ComponentFacts): { readonly component: Component; readonly flag: Flag } | Refusal {
  if (flag !== undefined && !flag.isComponent) return refuse(`"${key}" is a flag and no component: it has no versions`);
  if (flag === undefined || component === undefined)
    return refuse(`component "${key}" does not exist; registerVersion makes it`, 'notFound');
  return { component, flag };
}

/** The component, its flag and the version, or why this version cannot be served. Build metadata in `version` is ignored. */
export function liveVersion(
  facts: ComponentFacts,
  version: unknown,
): { readonly component: Component; readonly flag: Flag; readonly known: RegisteredVersion } | Refusal {
  const found = componentOf(facts);
  if (isRefusal(found)) return found;
  const { key } = facts;
  const { component, flag } = found;
  if (flag.archivedAt !== null) return refuse(`component "${key}" is archived`);
  const parsed = parseVersion(key, version);
  if (isRefusal(parsed)) return parsed;
  const known = component.versions.find((other) => other.version === parsed.version);
  if (known === undefined) return unknownVersion(component, parsed.version);
  return known.retiredAt === null ? { component, flag, known } : retiredVersion(key, known);
}

function nameRefusal({ key, flag }: ComponentFacts): Refusal | null {
  const problem = flag === undefined ? newNameProblem(key) : nameProblem(key);
  if (problem !== null) return refuse(`the name of a component ${problem}; it is ${shown(key)}`, 'invalid');
  if (flag === undefined) return null;
  if (flag.archivedAt !== null) return refuse(`component "${key}" is archived; an archived key is not used again`);
  return flag.isComponent ? null : nameOfFlag(key);
}

function knownRefusal(key: string, known: RegisteredVersion, hasLoader: boolean): Refusal | null {
  if (known.retiredAt !== null) return retiredVersion(key, known);
  if (hasLoader) return null;
  return refuse(
    `component "${key}": version ${known.version} is registered already (by ${known.registeredBy}); give its loader to attach it in this process`,
    'conflict',
  );
}

function nameOfFlag(key: string): Refusal {
  return refuse(
    `"${key}" is a flag and no component: its variants are not versions; use another name for the component`,
    'conflict',
  );
}

function unknownVersion({ key, versions }: Component, version: string): Refusal {
  const live = versions.filter((known) => known.retiredAt === null).map((known) => known.version);
  return refuse(`component "${key}": version ${version} is not registered; there are ${live.join(', ')}`, 'notFound');
}

function retiredVersion(key: string, { version }: RegisteredVersion): Refusal {
  return refuse(`component "${key}": version ${version} was retired, and a version is never used again; register a new one`);
}

function withVersion({ key, scope, component }: ComponentFacts, parsed: ParsedVersion, by: Attribution, now: number): Component {
  const before: Component = component ?? { kind: 'component', scope, key, revision: 0, versions: [] };
  const registered: RegisteredVersion = { ...parsed, registeredAt: now, registeredBy: by.actor, retiredAt: null };
  return { ...before, revision: before.revision + 1, versions: [...before.versions, registered] };
}

function firstFlag({ key, scope }: ComponentFacts, version: string, now: number): Flag {
  return {
    ...newFlag(key, scope, now),
    revision: 1,
    isComponent: true,
    status: 'enabled',
    share: WHOLE_SHARE,
    variants: { [version]: version },
    offVariant: version,
    onVariant: version,
  };
}

function withVariant(flag: Flag, version: string, now: number): Flag {
  return { ...flag, variants: { ...flag.variants, [version]: version }, revision: flag.revision + 1, updatedAt: now };
}
