/** A layer as a document has it: which test had which slots. An import starts nothing, so none of them is taken until its test is started again. */
import type { Issue } from '../error.ts';
import type { Layer } from '../experiment/layer.ts';
import type { SlotRange } from '../flag/slots.ts';
import type { JsonObject } from '../json.ts';
import type { Scope } from '../scope.ts';
import { shareToPercentage, WHOLE_SHARE } from '../share.ts';
import { fullText, listOf, objectOf, orNull, percentage, type Shape } from './shape.ts';

const RANGE = { fromPercentage: percentage, percentage };
const SHAPE = objectOf({
  layer: fullText,
  bucketBy: orNull(fullText),
  ranges: listOf(objectOf({ test: fullText, ...RANGE })),
});
const SLOTS = objectOf({ layer: fullText, ...RANGE });

export function formatLayerEntry({ key, bucketBy, ranges }: Layer): JsonObject {
  return { layer: key, bucketBy, ranges: ranges.map(({ test, from, share }) => ({ test, ...formatRange({ from, share }) })) };
}

/** The layer at revision 0, or every issue. */
export function parseLayerEntry(value: unknown, path: string, scope: Scope): Layer | readonly Issue[] {
  const issues = SHAPE(value, path);
  if (issues.length > 0) return issues;
  const entry = value as JsonObject & { readonly ranges: readonly JsonObject[] };
  const ranges = entry.ranges.map((range) => ({ test: range.test as string, ...rangeIn(range) }));
  const unfit = ranges.flatMap((range, index): readonly Issue[] => {
    const [earlier, place] = [ranges[index - 1], `${path}/ranges/${index}`];
    const beyond = beyondIssues(range, place);
    if (earlier === undefined || earlier.from + earlier.share <= range.from) return beyond;
    const message = `must begin where the range before it ends, at ${shareToPercentage(earlier.from + earlier.share)} %, or later; it begins at ${shareToPercentage(range.from)} %`;
    return [...beyond, { path: `${place}/fromPercentage`, message }];
  });
  const tests = ranges.map(({ test }) => test);
  const twice = tests.findIndex((test, index) => tests.indexOf(test) !== index);
  if (twice >= 0)
    return [...unfit, { path: `${path}/ranges/${twice}/test`, message: `is "${tests[twice]}" again; a test has one range` }];
  if (unfit.length > 0) return unfit;
  return { kind: 'layer', scope, key: entry.layer as string, revision: 0, bucketBy: entry.bucketBy as string | null, ranges };
}

/** What a test had of its layer. */
export function formatSlots(slots: SlotRange | null): JsonObject | null {
  return slots === null ? null : { layer: slots.layer, ...formatRange(slots) };
}

/** Every issue of what a test had of its layer, or none where it had nothing. */
export const slotsIssues: Shape = (value, path) => {
  if (value === null) return [];
  const issues = SLOTS(value, path);
  return issues.length > 0 ? issues : beyondIssues(rangeIn(value as JsonObject), path);
};

/** Of slots that were found right. */
export function slotsIn(value: JsonObject | null): SlotRange | null {
  return value === null ? null : { layer: value.layer as string, ...rangeIn(value) };
}

type Range = Pick<SlotRange, 'from' | 'share'>;

function formatRange({ from, share }: Range): JsonObject {
  return { fromPercentage: shareToPercentage(from), percentage: shareToPercentage(share) };
}

function rangeIn(entry: JsonObject): Range {
  return { from: Math.round(Number(entry.fromPercentage) * 1000), share: Math.round(Number(entry.percentage) * 1000) };
}

function beyondIssues({ from, share }: Range, path: string): readonly Issue[] {
  if (from + share <= WHOLE_SHARE) return [];
  const message = `must end at 100 % at most; with fromPercentage it ends at ${shareToPercentage(from + share)} %`;
  return [{ path: `${path}/percentage`, message }];
}
