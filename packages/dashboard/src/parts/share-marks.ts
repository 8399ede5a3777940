/** What the axis of a share names, so that 1 % is read as well as 100 %. */

const MOST = 8;
/** Marks that are nearer to each other than this part of the axis would be written over each other. */
const LEAST_APART = 0.09;

/** Where a percentage is drawn: even up to 1, by powers above. */
function heightOf(percentage: number): number {
  return Math.asinh(percentage);
}

/** 0 and the percentages of the stages, rising, without those that stand too near to the next one above. */
export function shareMarks(percentages: readonly number[]): readonly number[] {
  const rising = [...new Set([0, ...percentages])].sort((a, b) => a - b);
  const whole = heightOf(rising.at(-1) ?? 0);
  if (whole === 0) return rising;
  const kept: number[] = [];
  for (const mark of rising.toReversed()) {
    const above = kept[0];
    const isApart = above === undefined || (heightOf(above) - heightOf(mark)) / whole >= LEAST_APART;
    if (mark === 0 || (isApart && kept.length < MOST)) kept.unshift(mark);
  }
  const [nothing, least] = kept;
  const isCrowded = nothing === 0 && least !== undefined && kept.length > 2 && heightOf(least) / whole < LEAST_APART;
  return isCrowded ? [0, ...kept.slice(2)] : kept;
}

/** Whether an even axis would draw the least share as nothing. */
export function needsMarks(marks: readonly number[]): boolean {
  const least = marks.find((mark) => mark > 0);
  return least !== undefined && least < (marks.at(-1) ?? 0) / 10;
}
