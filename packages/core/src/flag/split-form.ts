/** How people write a split: weights by variant, or the very ranges of buckets in order. */
import type { Issue } from '../error.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import { percentageProblem, shareToPercentage } from '../share.ts';
import type { VariantShare } from './flag.ts';
import { pointerPart } from './parse-condition.ts';
import { isFragmented, mostRanges } from './rebalance.ts';
import { shown } from './shown.ts';

/** In percent, 100 in all. Weights keep every unit that they can where it is; ranges say which buckets are whose. */
export type SplitSettings =
  | Readonly<Record<string, number>>
  | readonly { readonly variant: string; readonly percentage: number }[];

/** Every issue of its form; whether the variants are there and the sum is whole is for whoever knows the flag. */
export function splitIssues(value: unknown, path: string): Issue[] {
  if (Array.isArray(value)) return rangesIssues(value, path);
  if (!isJsonObject(value))
    return [{ path, message: `must be an object of percentages by variant name, or a list of ranges; it is ${shown(value)}` }];
  return Object.entries(value).flatMap(([variant, part]) => partIssues(part, `${path}/${pointerPart(variant)}`));
}

function rangesIssues(ranges: readonly unknown[], path: string): Issue[] {
  const form = 'must be { "variant": name, "percentage": number }';
  const issues = ranges.flatMap((range, index): Issue[] => {
    const at = `${path}/${index}`;
    if (!isJsonObject(range)) return [{ path: at, message: `${form}; it is ${shown(range)}` }];
    const stranger = Object.keys(range).find((key) => key !== 'variant' && key !== 'percentage');
    if (stranger !== undefined)
      return [{ path: `${at}/${pointerPart(stranger)}`, message: `is not a field of a range, which ${form}` }];
    if (typeof range.variant !== 'string' || range.variant === '')
      return [{ path: `${at}/variant`, message: `must be the name of a variant; it is ${shown(range.variant)}` }];
    return partIssues(range.percentage, `${at}/percentage`);
  });
  const most = mostRanges(new Set(ranges.map((range) => (isJsonObject(range) ? range.variant : ''))).size);
  if (ranges.length > most) return [{ path, message: `may have at most ${most} ranges; it has ${ranges.length}` }];
  return issues;
}

function partIssues(part: unknown, path: string): Issue[] {
  const problem = percentageProblem(part);
  return problem === null ? [] : [{ path, message: `${problem}; it is ${shown(part)}` }];
}

/** The value must have no issue of its form. */
export function splitOf(value: unknown): VariantShare[] {
  const parts = Array.isArray(value)
    ? (value as readonly { readonly variant: string; readonly percentage: number }[]).map(
        ({ variant, percentage }) => [variant, percentage] as const,
      )
    : Object.entries(value as Readonly<Record<string, number>>);
  return parts.map(([variant, percentage]) => ({ variant, share: Math.round(percentage * 1000) }));
}

/** Weights where they say everything, else the ranges. */
export function formatSplit(split: readonly VariantShare[]): JsonObject | readonly JsonValue[] {
  return isFragmented(split)
    ? split.map(({ variant, share }) => ({ variant, percentage: shareToPercentage(share) }))
    : Object.fromEntries(split.map(({ variant, share }) => [variant, shareToPercentage(share)]));
}
