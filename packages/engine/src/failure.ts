/** Puts into words whatever user code threw or returned; anything can be thrown, and reading it can throw again. */
import { SluiceError } from '@sluice/core';

const LONGEST_TEXT = 200;

/** What was thrown, for a message: an error's name and message, else the value. At most about 200 characters; never throws. */
export function describeFailure(thrown: unknown): string {
  try {
    if (thrown instanceof Error) return clipped(`${thrown.name}: ${thrown.message}`);
  } catch {
    return 'an error that cannot be read';
  }
  return describeValue(thrown);
}

/** A value, for a message: primitives as they are written in code, the rest by type. At most about 200 characters; never throws. */
export function describeValue(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(clipped(value));
    case 'object':
      return value === null ? 'null' : 'an object';
    case 'function':
      return 'a function';
    default:
      return clipped(String(value));
  }
}

function clipped(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT)}…`;
}

/** The failure as an error of ours. */
export function asSluiceError(error: unknown): SluiceError {
  return error instanceof SluiceError ? error : new SluiceError('unavailable', describeFailure(error), { cause: error });
}
