/** What is known of the units of one arm, and how a unit's part of it changes. */
import { addPair, type CrossMoments, emptyCrossMoments, removePair } from '../analysis/cross-moments.ts';
import { addValue, emptyMoments, lostDigits, type Moments, removeValue } from '../analysis/moments.ts';
import { isExposed, type LedgerRow } from './ledger-row.ts';
import { ownEntry } from './own-entry.ts';
import { type MetricDelta, unitValue } from './unit-delta.ts';
import { unitPairs } from './unit-pair.ts';

export interface ArmTotals {
  /** Distinct units exposed, contaminated ones left out. */
  readonly exposed: number;
  readonly metrics: Readonly<Record<string, Moments>>;
  /** Of metrics with a covariate or a denominator, over the units of which it is known; absent where there are none. */
  readonly pairs?: Readonly<Record<string, CrossMoments>>;
}

export const NO_ARM: ArmTotals = Object.freeze({ exposed: 0, metrics: {} });

export interface MovedContribution {
  readonly arm: ArmTotals;
  readonly worn: readonly string[];
}

/** Takes what the unit had out and puts in what it has now; `shiftOf` a metric is the same for all arms. */
export function moveContribution(
  arm: ArmTotals,
  before: LedgerRow,
  after: LedgerRow,
  shiftOf: (metric: string) => number,
): MovedContribution {
  const values = movedValues(arm.metrics, before, after, shiftOf);
  const pairs = movedPairs(arm.pairs, before, after, shiftOf);
  const exposed = arm.exposed + Number(isExposed(after)) - Number(isExposed(before));
  return {
    arm: { exposed, metrics: values.metrics, ...(pairs.pairs === undefined ? {} : { pairs: pairs.pairs }) },
    worn: [...values.worn, ...pairs.worn],
  };
}

function movedValues(metrics: ArmTotals['metrics'], before: LedgerRow, after: LedgerRow, shiftOf: (metric: string) => number) {
  let moved = metrics;
  const worn: string[] = [];
  for (const name of namesOf(before.counted, after.counted)) {
    const [old, now] = [ownEntry(before.counted, name), ownEntry(after.counted, name)];
    if (old === now) continue;
    const moments = ownEntry(metrics, name) ?? emptyMoments(shiftOf(name));
    const left = old === undefined ? moments : removeValue(moments, unitValue(old));
    const sum = now === undefined ? left : addValue(left, unitValue(now));
    moved = { ...moved, [name]: sum };
    if (old !== undefined && lostDigits(moments, sum)) worn.push(name);
  }
  return { metrics: moved, worn };
}

function movedPairs(pairs: ArmTotals['pairs'], before: LedgerRow, after: LedgerRow, shiftOf: (metric: string) => number) {
  const [old, now] = [unitPairs(before), unitPairs(after)];
  let moved = pairs;
  const worn: string[] = [];
  for (const name of new Set([...old.keys(), ...now.keys()])) {
    const [was, is] = [old.get(name), now.get(name)];
    if (was?.x === is?.x && was?.y === is?.y) continue;
    const per = (ownEntry(after.counted, name) ?? ownEntry(before.counted, name))?.per ?? name;
    const moments = ownEntry(moved ?? {}, name) ?? emptyCrossMoments(shiftOf(name), shiftOf(per));
    const left = was === undefined ? moments : removePair(moments, was.x, was.y);
    const sum = is === undefined ? left : addPair(left, is.x, is.y);
    moved = { ...moved, [name]: sum };
    const isWorn = lostDigits(moments.x, sum.x);
    if (was !== undefined && isWorn) worn.push(name);
  }
  return { pairs: moved, worn };
}

function namesOf(...maps: readonly Readonly<Record<string, MetricDelta>>[]): ReadonlySet<string> {
  return new Set(maps.flatMap((map) => Object.keys(map)));
}
