/** Shares are integers, so that a boundary is exact; percentages exist only where people read and write them. */
import { SluiceError } from './error.ts';
import { shown } from './flag/shown.ts';

/** Integer parts of 100 000. */
export type Share = number;

export const WHOLE_SHARE: Share = 100_000;

/** Why `value` is no percentage, or null if it is one: a finite number from 0 to 100 with at most three decimals. */
export function percentageProblem(value: unknown): string | null {
  if (typeof value !== 'number' || !Number.isFinite(value)) return 'must be a number from 0 to 100';
  if (value < 0 || value > 100) return 'must be from 0 to 100';
  // Three decimals are what a share can hold; a tolerance absorbs the binary form of 0.001 steps, not a fourth decimal.
  const parts = Math.round(value * 1000);
  const isBeyondAnEnd = (parts === 0 && value !== 0) || (parts === WHOLE_SHARE && value !== 100);
  if (isBeyondAnEnd || Math.abs(value * 1000 - parts) > 1e-6) return 'may have at most three decimals';
  return null;
}

/** @throws SluiceError `invalid` naming `place` and the value when `percentage` is out of range. Nothing is clamped. */
export function percentageToShare(percentage: number, place: string): Share {
  const problem = percentageProblem(percentage);
  if (problem !== null) {
    const message = `${problem}; it is ${shown(percentage)}`;
    throw new SluiceError('invalid', `${place} ${message}`, { issues: [{ path: `/${place}`, message }] });
  }
  return Math.round(percentage * 1000);
}

export function shareToPercentage(share: Share): number {
  return share / 1000;
}
