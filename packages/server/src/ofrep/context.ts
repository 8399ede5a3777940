/** The evaluation context of OFREP as the unit that flags are asked for. */
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

/** A missing `targetingKey` is no fault: flags that need none answer. What the context says beside it are attributes. */
export function readContext(body: unknown): ReadContext | BadContext {
  if (!isObject(body))
    return bad('PARSE_ERROR', 'the body must be an object with a context, such as { "context": { "targetingKey": "user-1" } }');
  const { context = {} } = body;
  if (!isObject(context)) return bad('INVALID_CONTEXT', 'the context must be an object');
  const { targetingKey, groups, sluice, ...attributes } = context;
  if (targetingKey !== undefined && targetingKey !== null && typeof targetingKey !== 'string')
    return bad('INVALID_CONTEXT', 'the targetingKey must be a text');
  if (groups !== undefined && !(Array.isArray(groups) && groups.every((group) => typeof group === 'string')))
    return bad('INVALID_CONTEXT', 'groups must be a list of texts');
  const isExposure = !(isObject(sluice) && sluice.exposure === false);
  const key = targetingKey === undefined || targetingKey === null ? {} : { userId: targetingKey };
  return { unit: { ...key, ...(groups === undefined ? {} : { groups }), attributes }, isExposure, context };
}

function bad(errorCode: OfrepError, errorDetails: string): BadContext {
  return { errorCode, errorDetails };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
