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

function outside(name: string, value: number, right: string): SluiceError {
  const message = `must be ${right}; it is ${shown(value)}`;
  return new SluiceError('invalid', `/${name} ${message}`, { issues: [{ path: `/${name}`, message }] });
}
