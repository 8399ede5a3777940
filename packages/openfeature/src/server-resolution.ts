/** What a flag answers, as OpenFeature has it. */
import { ErrorCode, type FlagMetadata, type ResolutionDetails, StandardResolutionReasons } from '@openfeature/server-sdk';
import type { Evaluation, EvaluationError } from '@sluice/core';

const MESSAGES: Readonly<Record<EvaluationError, string>> = {
  FLAG_NOT_FOUND: 'there is no such flag',
  TARGETING_KEY_MISSING: 'the flag divides units, and the context has no targetingKey',
  INVALID_CONTEXT: 'the targetingKey must be a text of at most 1 KiB',
  TYPE_MISMATCH: 'the value of the flag is of another type',
  GENERAL: 'reading the context threw',
};

/** How values of the asked type are told. */
export type IsType<T> = (value: unknown) => value is T;

/** A value of another type, and whatever cannot be answered, is the default with an error; a value that is null is the default, which is meant then. */
export function resolutionOf<T>(
  evaluation: Evaluation<null>,
  fallback: T,
  isType: IsType<T>,
  flagMetadata: FlagMetadata,
): ResolutionDetails<T> {
  const { value, variant, reason, errorCode } = evaluation;
  if (errorCode !== null) return failed(fallback, ErrorCode[errorCode], MESSAGES[errorCode], flagMetadata);
  if (value === null) return { value: fallback, reason, flagMetadata, ...(variant === null ? {} : { variant }) };
  if (!isType(value))
    return failed(fallback, ErrorCode.TYPE_MISMATCH, `${MESSAGES.TYPE_MISMATCH}: ${typeof value}`, flagMetadata);
  return variant === null ? { value, reason, flagMetadata } : { value, reason, variant, flagMetadata };
}

export function failed<T>(
  fallback: T,
  errorCode: ErrorCode,
  errorMessage: string,
  flagMetadata: FlagMetadata = {},
): ResolutionDetails<T> {
  return { value: fallback, reason: StandardResolutionReasons.ERROR, errorCode, errorMessage, flagMetadata };
}
