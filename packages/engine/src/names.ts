/** Names and keys as callers give them. */
import { isUsableKey, SluiceError } from '@sluice/core';
import { describeValue } from './failure.ts';

/** Users are named as units are keyed: a whole number is its digits. */
export function userIdOf(value: unknown): string {
  if (isUsableKey(value) && value !== '') return String(value);
  throw new SluiceError(
    'invalid',
    `the userId must be a text of 1 byte to 1 KiB, or a whole number; it is ${describeValue(value)}`,
    {
      issues: [{ path: '/userId', message: 'must be a text of 1 byte to 1 KiB, or a whole number' }],
    },
  );
}

/** @throws SluiceError `invalid` naming `place` and what was given */
export function nameOf(value: unknown, place: string): string {
  if (typeof value === 'string' && value !== '' && value.length <= 256 && !/\p{Surrogate}/u.test(value)) return value;
  throw new SluiceError(
    'invalid',
    `the ${place} must be a well-formed text of 1 to 256 characters; it is ${describeValue(value)}`,
    {
      issues: [{ path: `/${place}`, message: 'must be a well-formed text of 1 to 256 characters' }],
    },
  );
}

/** A call as messages name it, such as `disableFlag("checkout")`. @throws SluiceError `invalid` when `name` is none */
export function callOn(method: string, name: unknown, place = 'flag name'): string {
  return `${method}("${nameOf(name, place)}")`;
}
