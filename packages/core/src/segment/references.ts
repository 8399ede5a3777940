/** Which segments a condition names, and whether they are there. */
import type { Issue } from '../error.ts';
import { type Condition, IN_SEGMENT } from '../flag/condition.ts';
import { nearest } from '../flag/nearest.ts';
import { pointerPart } from '../flag/parse-condition.ts';
import type { SegmentFinder } from './segment.ts';

interface Reference {
  readonly key: string;
  /** Of the place in the condition. */
  readonly path: string;
}

/** Every segment that a well-formed condition names, at any depth. */
export function segmentReferences(condition: Condition, path = ''): Reference[] {
  return Object.entries(condition).flatMap(([name, operand]): Reference[] => {
    const at = `${path}/${pointerPart(name)}`;
    if (name === IN_SEGMENT)
      return typeof operand === 'string'
        ? [{ key: operand, path: at }]
        : (operand as readonly string[]).map((key, index) => ({ key, path: `${at}/${index}` }));
    if (name === 'not') return segmentReferences(operand as Condition, at);
    if (name !== 'all' && name !== 'any') return [];
    return (operand as readonly Condition[]).flatMap((member, index) => segmentReferences(member, `${at}/${index}`));
  });
}

/** Segments that a condition names, each once. */
export function segmentsNamedBy(condition: Condition | null): string[] {
  return condition === null ? [] : [...new Set(segmentReferences(condition).map(({ key }) => key))];
}

/** One issue for every segment that is named and not there: it would match nobody, and its complement everybody. */
export function missingSegmentIssues(condition: Condition, path: string, segments: SegmentFinder): Issue[] {
  return segmentReferences(condition, path)
    .filter(({ key }) => segments.get(key) === undefined)
    .map(({ key, path: at }) => ({ path: at, message: missingText(key, segments) }));
}

function missingText(key: string, segments: SegmentFinder): string {
  const known = Array.from(segments.values(), (segment) => segment.key).slice(0, 1000);
  return `names the segment "${key}", which does not exist${nearest(key, known)}`;
}
