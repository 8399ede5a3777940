import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRefusal } from '../error.ts';
import type { Flag, VariantShare } from '../flag/flag.ts';
import { splitWeights } from '../flag/rebalance.ts';
import { DEFAULT_SCOPE } from '../scope.ts';
import { WHOLE_SHARE } from '../share.ts';
import { parseChanges } from './changes.ts';
import { driftOf } from './drift.ts';
import type { Experiment } from './experiment.ts';
import { createExperiment, startExperiment } from './lifecycle.ts';
import type { ArmSettings } from './parse-arms.ts';
import { parseTestSettings } from './settings.ts';
import { planRebase } from './update.ts';

const BY = { actor: 'ann', reason: 'because' };
const NAMES = ['control', 'b', 'c', 'd', 'e'];

type Pair = readonly [experiment: Experiment, flag: Flag];

function recordsOf(change: ReturnType<typeof startExperiment>): Pair {
  if (isRefusal(change)) throw new Error(change.refused);
  const experiment = change.records.find((record) => record.kind === 'experiment');
  const flag = change.records.find((record) => record.kind === 'flag');
  if (experiment === undefined || flag === undefined) throw new Error('no test');
  return [experiment, flag];
}

function started(arms: readonly ArmSettings[]): Pair {
  const created = recordsOf(createExperiment(parseTestSettings({ testId: 't', arms }), DEFAULT_SCOPE, BY, 0));
  return recordsOf(startExperiment(...created, BY, 0));
}

function rebased([experiment, flag]: Pair, arms: readonly ArmSettings[]): Pair {
  return recordsOf(planRebase(experiment, flag, parseChanges(experiment, { arms }), BY, 1));
}

/** Whose each bucket is. */
function ownersOf(split: readonly VariantShare[]): string[] {
  return split.flatMap(({ variant, share }) => Array.from({ length: share / 100 }, () => variant));
}

function weightsOf(parts: readonly number[]): ArmSettings[] {
  const total = parts.reduce((sum, part) => sum + part, 0);
  let left = 1_000;
  return parts.map((part, index) => {
    const weight = index === parts.length - 1 ? left : Math.max(1, Math.floor((part / total) * 900));
    left -= weight;
    return { variant: NAMES[index] ?? '', component: `v${index}`, weight: weight / 1_000 };
  });
}

const arms = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 5 }).map(weightsOf);

describe('a test that begins anew with other weights', () => {
  it('moves no unit to another arm but those that the weights make move, however often', () => {
    fc.assert(
      fc.property(fc.array(arms, { minLength: 2, maxLength: 4 }), ([first = [], ...later]) => {
        let now = started(first);
        for (const next of later) {
          const after = rebased(now, next);
          const [before, owners] = [ownersOf(now[1].split), ownersOf(after[1].split)];
          const moved = before.filter((owner, bucket) => owner !== owners[bucket]).length;
          const was = new Map(splitWeights(now[1].split).map(({ variant, share }) => [variant, share]));
          const weights = splitWeights(after[1].split);
          const grown = weights.reduce((sum, { variant, share }) => sum + Math.max(0, share - (was.get(variant) ?? 0)), 0);
          expect(moved * 100).toBe(grown);
          expect(new Map(weights.map(({ variant, share }) => [variant, share]))).toEqual(
            new Map(next.map(({ variant, weight = 0 }) => [variant, Math.round(weight * WHOLE_SHARE)])),
          );
          expect(driftOf(...after)).toBeNull();
          now = after;
        }
      }),
      { numRuns: 200 },
    );
  });

  it('leaves a third arm alone when the first gives to the second', () => {
    const test = started(weightsOf([5, 3, 2]));
    const [experiment, flag] = rebased(test, [
      { variant: 'control', component: 'v0', weight: 0.34 },
      { variant: 'b', component: 'v1', weight: 0.33 },
      { variant: 'c', component: 'v2', weight: 0.33 },
    ]);
    const [before, after] = [ownersOf(test[1].split), ownersOf(flag.split)];
    expect(before.filter((owner, bucket) => owner === 'c' && after[bucket] !== 'c')).toEqual([]);
    expect(experiment.split).toEqual(flag.split);
    expect(driftOf(experiment, { ...flag, split: flag.split.toReversed() })).toContain('the test set');
  });
});
