/** Whether a unit is in by a flag's share, whatever variant it is served. */
import { mixHash } from './bucket.ts';
import type { CompiledFlag } from './compile.ts';
import { hashOfKey } from './evaluate.ts';

/** Whether the flag's share takes in this key's unit. With a split the off variant does not tell: it may be an arm of its own. */
export function isWithinShare(compiled: CompiledFlag, key: string | number): boolean {
  const { high, low } = hashOfKey(key);
  return mixHash(high, low, compiled.shareSaltHigh, compiled.shareSaltLow) >>> 0 < compiled.threshold;
}
