/** The evaluation context of OFREP as the unit that flags are asked for. */
import { shown } from '@sluice/core';
import type { OfrepError } from '@sluice/protocol';
import type { Unit } from 'sluice';

export interface ReadContext {
  readonly unit: Unit;
  /** False where `sluice: { exposure: false }` says so. */
  readonly isExposure: boolean;
  /** As it was sent. */
  readonly context: Readonly<Record<string, unknown>>;
}

export interface BadContext {
  readonly errorCode: OfrepError;
  readonly errorDetails: string;
}

/** While it is made, member by member. */
type Being<T> = { -readonly [K in keyof T]: T[K] };

/** A missing `targetingKey` is no fault: flags that need none answer. What the context says beside it are attributes. */
export function readContext(body: unknown): ReadContext | BadContext {
  if (!isObject(body))
    return bad(
      'PARSE_ERROR',
      `the body must be an object with a context, such as { "context": { "targetingKey": "user-1" } }; it is ${shown(body)}`,
    );
  const { context = {} } = body;
  if (!isObject(context)) return bad('INVALID_CONTEXT', `/context must be an object; it is ${shown(context)}`);
  const { targetingKey, groups, sluice } = context;
  if (targetingKey !== undefined && targetingKey !== null && typeof targetingKey !== 'string')
    return bad('INVALID_CONTEXT', `/context/targetingKey must be a text; it is ${shown(targetingKey)}`);
  if (groups !== undefined && !(Array.isArray(groups) && groups.every((group) => typeof group === 'string')))
    return bad('INVALID_CONTEXT', `/context/groups must be a list of texts; it is ${shownGroups(groups)}`);
  const isExposure = !(isObject(sluice) && sluice.exposure === false);
  const attributes = attributesOf(context);
  const unit: Being<Unit> = typeof targetingKey === 'string' ? { userId: targetingKey } : {};
  if (groups !== undefined) unit.groups = groups;
  unit.attributes = attributes;
  return { unit, isExposure, context };
}

/** Copied name by name, which takes a sixth of what the rest of a pattern does; no name of a body is `__proto__`. */
function attributesOf(context: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const attributes: Record<string, unknown> = {};
  for (const name of Object.keys(context))
    if (name !== 'targetingKey' && name !== 'groups' && name !== 'sluice') attributes[name] = context[name];
  return attributes;
}

/** Of a list, the first member that is no text. */
function shownGroups(groups: unknown): string {
  if (!Array.isArray(groups)) return shown(groups);
  const index = groups.findIndex((group) => typeof group !== 'string');
  return `${shown(groups)}, and /context/groups/${index} is ${shown(groups[index])}`;
}

function bad(errorCode: OfrepError, errorDetails: string): BadContext {
  return { errorCode, errorDetails };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
