/**
 * A layer: tests in it never share a unit. Each takes a range of the layer's slots when it starts; the record is changed in the same commit, so two
 * processes that start tests at once cannot take the same slots.
 */
import { type Refusal, refuse } from '../error.ts';
import type { SlotRange } from '../flag/slots.ts';
import type { Scope } from '../scope.ts';
import { type Share, shareToPercentage, WHOLE_SHARE } from '../share.ts';

export interface Layer {
  readonly kind: 'layer';
  readonly scope: Scope;
  readonly key: string;
  readonly revision: number;
  /** What all of its tests draw by: slots of users and slots of tenants exclude nobody. */
  readonly bucketBy: string | null;
  /** In order of `from`. That of a test that has ended is free, and leaves at the next start. */
  readonly ranges: readonly TakenRange[];
}

interface TakenRange {
  readonly test: string;
  readonly from: Share;
  readonly share: Share;
}

export interface LayerFacts {
  /** Undefined while no test was ever started in it. */
  readonly layer: Layer | undefined;
  readonly isRunning: (test: string) => boolean;
}

export interface RangeWanted {
  readonly layer: string;
  readonly scope: Scope;
  readonly test: string;
  readonly share: Share;
  readonly bucketBy: string | null;
  /** Where the range should begin if there is room; null where there is room. */
  readonly from: Share | null;
}

/** The layer with the test's range in the first room that is large enough, or a refusal that names what is free. */
export function takeRange(wanted: RangeWanted, { layer, isRunning }: LayerFacts): { layer: Layer; slots: SlotRange } | Refusal {
  const { test, share, bucketBy, from: wish } = wanted;
  const taken = (layer?.ranges ?? []).filter((range) => range.test !== test && isRunning(range.test));
  if (layer !== undefined && taken.length > 0 && layer.bucketBy !== bucketBy)
    return refuse(`the layer "${layer.key}" draws by ${drawnBy(layer.bucketBy)}, and this test's flag by ${drawnBy(bucketBy)}`);
  const free = freeRanges(taken);
  const isFree = wish !== null && free.some((range) => range.from <= wish && range.from + range.share >= wish + share);
  const from = isFree ? wish : free.find((range) => range.share >= share)?.from;
  if (from === undefined) return refuse(noRoom(wanted, free, taken), 'conflict');
  const ranges = [...taken, { test, from, share }].sort((a, b) => a.from - b.from);
  const kept = { kind: 'layer', scope: wanted.scope, key: wanted.layer, revision: (layer?.revision ?? 0) + 1 } as const;
  return { layer: { ...kept, bucketBy, ranges }, slots: { layer: wanted.layer, from, share } };
}

type Room = Pick<TakenRange, 'from' | 'share'>;

function freeRanges(taken: readonly TakenRange[]): readonly Room[] {
  const ends = [0, ...taken.map(({ from, share }) => from + share)];
  const begins = [...taken.map(({ from }) => from), WHOLE_SHARE];
  return ends
    .map((end, index) => ({ from: end, share: (begins[index] ?? WHOLE_SHARE) - end }))
    .filter((range) => range.share > 0);
}

function noRoom({ layer, share }: RangeWanted, free: readonly Room[], taken: readonly TakenRange[]): string {
  const total = shareToPercentage(free.reduce((sum, range) => sum + range.share, 0));
  const pieces =
    free.length > 1 ? `, in pieces of ${free.map((range) => `${shareToPercentage(range.share)} %`).join(' and ')}` : '';
  const by = taken.map((range) => `"${range.test}" has ${shareToPercentage(range.share)} %`).join(', ');
  return `the layer "${layer}" has ${total} % free${pieces}, and ${shareToPercentage(share)} % is asked for; ${by}; stop one of them, or lower trafficShare`;
}

function drawnBy(bucketBy: string | null): string {
  return bucketBy === null ? "the unit's key" : `the attribute "${bucketBy}"`;
}
