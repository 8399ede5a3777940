/** New weights for a split that units are divided by already: the ranges change hands no more than the weights say. */
import type { Share } from '../share.ts';
import type { Flag, VariantShare } from './flag.ts';

const MAX_RANGES = 256;

/** How many ranges a split may have: enough that exchanging one for another is cheap, and few enough to be searched at once. */
export function mostRanges(variants: number): number {
  return Math.max(MAX_RANGES, 2 * variants * (variants - 1));
}

interface Range {
  readonly variant: string;
  share: Share;
}

/** The part of each variant of a split, in the order in which they first appear. */
export function splitWeights(split: readonly VariantShare[]): VariantShare[] {
  const weights = new Map<string, Share>();
  for (const { variant, share } of split) weights.set(variant, (weights.get(variant) ?? 0) + share);
  return [...weights].map(([variant, share]) => ({ variant, share }));
}

/** Whether a variant has more than one range, so that the weights alone do not say who gets what. */
export function isFragmented(split: readonly VariantShare[]): boolean {
  return new Set(split.map(({ variant }) => variant)).size < split.length;
}

/**
 * The split with these weights (one per variant, 100 000 in all) that moves the fewest buckets: as many as the weights that grow grow by,
 * in sum. Only where that would leave more ranges than a split may have, up to 4/256 of the buckets move besides for each range that is saved.
 */
export function rebalance(before: readonly VariantShare[], weights: readonly VariantShare[]): readonly VariantShare[] {
  if (before.length === 0 || totalOf(before) !== totalOf(weights)) return weights;
  const owed = owedBy(before, weights);
  if ([...owed.values()].every((share) => share === 0)) return before;
  let ranges: Range[] = before.filter(({ share }) => share > 0).map((range) => ({ ...range }));
  for (;;) {
    while (shiftBorders(ranges, owed)) ranges = joined(ranges);
    ranges = joined(ranges);
    const giver = largest(owed);
    const taker = largest(new Map([...owed].map(([variant, share]) => [variant, -share])));
    if (giver === null || taker === null) break;
    cut(ranges, giver, taker, Math.min(owed.get(giver) ?? 0, -(owed.get(taker) ?? 0)), owed);
  }
  while (ranges.length > mostRanges(weights.length)) ranges = joined(swapped(ranges));
  return ranges;
}

/**
 * The split of a flag that is given one. An exact one is taken as it is, and so is that of a running test, which counts only under the very
 * division that it set.
 */
export function splitAfter(
  { split, shareOwner }: Pick<Flag, 'split' | 'shareOwner'>,
  given: readonly VariantShare[],
  isExact: boolean,
): readonly VariantShare[] {
  return isExact || shareOwner?.kind === 'experiment' ? given : rebalance(split, given);
}

function totalOf(split: readonly VariantShare[]): Share {
  return split.reduce((sum, { share }) => sum + share, 0);
}

/** What each variant has to give (above 0) or to get (below 0). */
function owedBy(before: readonly VariantShare[], weights: readonly VariantShare[]): Map<string, Share> {
  const owed = new Map(splitWeights(before).map(({ variant, share }) => [variant, share]));
  for (const { variant, share } of weights) owed.set(variant, (owed.get(variant) ?? 0) - share);
  return owed;
}

/** Where who gives lies beside who gets, the border between them moves. Whether one did. */
function shiftBorders(ranges: readonly Range[], owed: Map<string, Share>): boolean {
  let moved = 0;
  for (let index = 1; index < ranges.length; index++) {
    const [left, right] = [ranges[index - 1], ranges[index]];
    if (left !== undefined && right !== undefined) moved += move(left, right, owed) + move(right, left, owed);
  }
  return moved > 0;
}

function move(from: Range, to: Range, owed: Map<string, Share>): Share {
  const moved = Math.max(0, Math.min(owed.get(from.variant) ?? 0, -(owed.get(to.variant) ?? 0), from.share));
  from.share -= moved;
  to.share += moved;
  settle(from.variant, to.variant, moved, owed);
  return moved;
}

function settle(from: string, to: string, moved: Share, owed: Map<string, Share>): void {
  owed.set(from, (owed.get(from) ?? 0) - moved);
  owed.set(to, (owed.get(to) ?? 0) + moved);
}

/** Ranges of nothing go, and neighbours of one variant become one range. */
function joined(ranges: readonly Range[]): Range[] {
  const whole: Range[] = [];
  for (const range of ranges) {
    const last = whole.at(-1);
    if (range.share === 0) continue;
    if (last?.variant === range.variant) last.share += range.share;
    else whole.push(range);
  }
  return whole;
}

function largest(owed: ReadonlyMap<string, Share>): string | null {
  let found: string | null = null;
  for (const [variant, share] of owed) if (share > 0 && share > (owed.get(found ?? '') ?? 0)) found = variant;
  return found;
}

/** Nothing of the giver lies beside the taker: a whole range changes hands if one is small enough, else a new one is cut off. */
function cut(ranges: Range[], giver: string, taker: string, most: Share, owed: Map<string, Share>): void {
  const own = ranges.filter(({ variant }) => variant === giver).sort((a, b) => b.share - a.share);
  const from = own.find(({ share }) => share <= most) ?? own[0];
  if (from === undefined) return;
  const moved = Math.min(from.share, most);
  from.share -= moved;
  ranges.splice(ranges.indexOf(from) + 1, 0, { variant: taker, share: moved });
  settle(giver, taker, moved, owed);
}

/** One range less: two variants that meet at two borders exchange the smallest part that uses up a range there. */
function swapped(ranges: readonly Range[]): readonly Range[] {
  let best: Exchange | null = null;
  for (let first = 1; first < ranges.length; first++)
    for (let second = first + 1; second < ranges.length; second++)
      for (const found of exchangesAt(ranges, first, second)) if (best === null || found.share < best.share) best = found;
  for (const [from, to] of best?.moves ?? []) {
    from.share -= best?.share ?? 0;
    to.share += best?.share ?? 0;
  }
  return ranges;
}

interface Exchange {
  readonly share: Share;
  readonly moves: readonly (readonly [from: Range, to: Range])[];
}

/** At the first border one variant gives and at the second the other. A range that gives at one and gets at the other is not used up. */
function exchangesAt(ranges: readonly Range[], first: number, second: number): Exchange[] {
  const [a, b, c, d] = [ranges[first - 1], ranges[first], ranges[second - 1], ranges[second]];
  if (a === undefined || b === undefined || c === undefined || d === undefined) return [];
  const pairs =
    a.variant === c.variant && b.variant === d.variant
      ? [c, d]
      : a.variant === d.variant && b.variant === c.variant
        ? [d, c]
        : [];
  const [likeA, likeB] = pairs;
  if (likeA === undefined || likeB === undefined) return [];
  return [exchange(a, b, likeB, likeA), exchange(b, a, likeA, likeB)];
}

function exchange(giver: Range, taker: Range, otherGiver: Range, otherTaker: Range): Exchange {
  const limits = [...(giver === otherTaker ? [] : [giver.share]), ...(otherGiver === taker ? [] : [otherGiver.share])];
  return {
    share: Math.min(...limits),
    moves: [
      [giver, taker],
      [otherGiver, otherTaker],
    ],
  };
}
