/** What an argument of a method may be. A number outside is the caller's mistake and is named; it never becomes NaN further on. */

import { SluiceError } from '../error.ts';
import { shown } from '../flag/shown.ts';

/** @throws SluiceError `invalid` */
export function requireFinite(name: string, value: number): void {
  if (!Number.isFinite(value)) throw outside(name, value, 'a finite number');
}

/** @throws SluiceError `invalid` */
export function requirePositive(name: string, value: number): void {
  if (!(value > 0 && Number.isFinite(value))) throw outside(name, value, 'a finite number above 0');
}

/** @throws SluiceError `invalid` unless 0 < value < 1 */
export function requireProbability(name: string, value: number): void {
  if (!(value > 0 && value < 1)) throw outside(name, value, 'above 0 and below 1');
}

/** @throws SluiceError `invalid` unless a whole number from 0 */
export function requireCount(name: string, value: number): void {
  if (!(Number.isSafeInteger(value) && value >= 0)) throw outside(name, value, 'a whole number, 0 or more');
}

/** Probabilities, each from 0 to 1. @throws SluiceError `invalid` with the place of the first that is none */
export function requirePValues(values: readonly number[]): void {
  for (const [index, value] of values.entries())
    if (!(value >= 0 && value <= 1)) throw outside(`pValues/${index}`, value, 'from 0 to 1');
}

/** A number, which may be infinite. @throws SluiceError `invalid` */
export function requireNumber(name: string, value: number): void {
  if (typeof value !== 'number' || Number.isNaN(value)) throw outside(name, value, 'a number');
}

/** @throws SluiceError `invalid` */
export function requireCountable(name: string, value: number, total: number, what: string): void {
  if (!(total <= Number.MAX_SAFE_INTEGER)) throw outside(name, value, what);
}

function outside(name: string, value: number, right: string): SluiceError {
  const message = `must be ${right}; it is ${shown(value)}`;
  return new SluiceError('invalid', `/${name} ${message}`, { issues: [{ path: `/${name}`, message }] });
}
