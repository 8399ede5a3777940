/** How far segments may name one another: what is asked of a unit stays bounded. */
import { findCycle, shownCycle } from '../flag/prerequisite.ts';

/** A segment that names none is one deep. */
export const MAX_SEGMENT_DEPTH = 8;
/** A segment and those that it names, again for each way that leads to one. */
export const MAX_SEGMENTS_ASKED = 256;

/** Why a segment cannot name the segments that it does, in words; null when it can. */
export function nestingProblem(key: string, namedBy: (key: string) => readonly string[]): string | null {
  const cycle = findCycle([key], namedBy);
  if (cycle !== null) return `leads in a circle: ${shownCycle(cycle)}`;
  let asked = 0;
  const fits = (name: string, depth: number): boolean => {
    asked += 1;
    return depth <= MAX_SEGMENT_DEPTH && asked <= MAX_SEGMENTS_ASKED && namedBy(name).every((nested) => fits(nested, depth + 1));
  };
  if (fits(key, 1)) return null;
  return asked > MAX_SEGMENTS_ASKED
    ? `asks more than ${MAX_SEGMENTS_ASKED} segments`
    : `nests segments more than ${MAX_SEGMENT_DEPTH} deep`;
}
