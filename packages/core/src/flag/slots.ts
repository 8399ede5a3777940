/** Which units a flag is for at all when it takes part in a layer: those whose slot lies in its range. Nobody is in two ranges of one layer. */
import type { Share } from '../share.ts';
import { mixHash, saltHash, thresholdOf } from './bucket.ts';
import { hashText, type KeyHash } from './hash.ts';
import { type Matcher, ownAttribute } from './match.ts';

/** Slots `from` up to and not including `from + share` of the layer. */
export interface SlotRange {
  readonly layer: string;
  readonly from: Share;
  readonly share: Share;
}

/** As long as a usable key can be; longer ones have no slot. */
const MAX_KEY_LENGTH = 1024;
const hash: KeyHash = { high: 0, low: 0 };

/**
 * Holds for a unit whose slot lies in the first `servedShare` slots of the range, and never for one without a key: whatever share the flag has, it
 * does not reach beyond its range. `bucketBy` is that of the flag.
 */
export function slotMatcher({ layer, from, share }: SlotRange, servedShare: Share, bucketBy: string | null): Matcher {
  const salt = saltHash('layer', layer);
  const first = thresholdOf(from);
  const width = thresholdOf(from + Math.min(share, servedShare)) - first;
  return (unit) => {
    const key = bucketBy === null ? unit.userId : ownAttribute(unit, bucketBy);
    const text = typeof key === 'number' ? String(key) : key;
    if (typeof text !== 'string' || text === '' || text.length > MAX_KEY_LENGTH) return false;
    hashText(text, hash);
    // Unsigned, so that what lies before the range is as far away as what lies behind it.
    return (mixHash(hash.high, hash.low, salt.high, salt.low) - first) >>> 0 < width;
  };
}

/** Both hold. */
export function bothHold(slots: Matcher, condition: Matcher | null): Matcher {
  return condition === null ? slots : (unit) => slots(unit) && condition(unit);
}
