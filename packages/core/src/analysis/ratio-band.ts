/** How many times the control's rate or mean the change has, with the band in which the truth lies: the ratios that the evidence does not speak against. */

/** One criterion of a rollout, the change against what is served beside it. */
export interface ComparedFigures {
  /** `events`: units that met one. `rate`: the part of raw requests that met one. `mean`: the mean of what units met. */
  readonly of: 'events' | 'rate' | 'mean';
  readonly change: number;
  readonly control: number;
  /** The change over the control, each by its traffic; null where the control has nothing to be a multiple of. */
  readonly ratio: number | null;
  /** The band of that ratio, which holds at every look; null on a side that is open, or where it is not known. */
  readonly lower: number | null;
  readonly upper: number | null;
  /** The ratio beyond which it is harm once it is shown: from 1 on larger is worse, below 1 smaller is. */
  readonly tolerated: number;
  /** ln of the evidence from which on it is harm; `logE` of the verdict grows towards it. */
  readonly neededLogE: number;
}

const [LEAST, MOST] = [Math.log(1e-4), Math.log(1e4)];
/** Leaves an error of about one in a thousand; every look pays for each. */
const STEPS = 14;

/**
 * The largest ratio of which `logEAbove` shows that the truth is above it, and the smallest of which `logEBelow` shows that it is below; null where there
 * is none from 1e-4 to 1e4. Both answer ln of the evidence for one ratio and are monotone in it.
 */
export function ratioBand(
  logEAbove: (ratio: number) => number,
  logEBelow: (ratio: number) => number,
  needed: { readonly above: number; readonly below: number },
): Pick<ComparedFigures, 'lower' | 'upper'> {
  return {
    lower: lastThat((ratio) => logEAbove(ratio) >= needed.above, LEAST, MOST),
    upper: lastThat((ratio) => logEBelow(ratio) >= needed.below, MOST, LEAST),
  };
}

/** The last from the first end on that holds; null where not even the end does. */
function lastThat(holds: (ratio: number) => boolean, from: number, to: number): number | null {
  if (!holds(Math.exp(from))) return null;
  let [yes, no] = [from, to];
  for (let step = 0; step < STEPS; step++) {
    const middle = (yes + no) / 2;
    if (holds(Math.exp(middle))) yes = middle;
    else no = middle;
  }
  return Math.exp(yes);
}

/** The ratio at which `excess`, which falls with it, is nothing; null where it is so nowhere from 1e-4 to 1e4. */
export function ratioWhere(excess: (ratio: number) => number): number | null {
  return excess(Math.exp(MOST)) > 0 ? null : lastThat((ratio) => excess(ratio) >= 0, LEAST, MOST);
}
