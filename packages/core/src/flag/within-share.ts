/** Whether a unit is in by a flag's share or its slots, whatever variant it is served. */
import { mixHash } from './bucket.ts';
import type { CompiledFlag } from './compile.ts';
import { hashOfKey } from './evaluate.ts';
import { servedShare } from './flag.ts';
import { slotMatcher } from './slots.ts';

/** Whether the flag's share takes in this key's unit. With a split the off variant does not tell: it may be an arm of its own. */
export function isWithinShare(compiled: CompiledFlag, key: string | number): boolean {
  const { high, low } = hashOfKey(key);
  return mixHash(high, low, compiled.shareSaltHigh, compiled.shareSaltLow) >>> 0 < compiled.threshold;
}

/** Whether the flag can be drawn for this key's unit at all: by its share, or in a layer by its slots. Conditions and lists are not asked. */
export function isInTraffic(compiled: CompiledFlag, key: string | number): boolean {
  const { flag } = compiled;
  if (flag.slots == null) return isWithinShare(compiled, key);
  return slotMatcher(flag.slots, servedShare(flag), null)({ userId: key });
}
