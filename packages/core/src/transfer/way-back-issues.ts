/** A flag whose rollout was under way gets what was before it, which must then be there. What rollouts that have ended would restore is history. */
import type { Issue } from '../error.ts';
import type { Allocation, Flag } from '../flag/flag.ts';
import { pointerPart } from '../flag/parse-condition.ts';
import { idOf, type SluiceRecord } from '../record.ts';
import { shareToPercentage, WHOLE_SHARE } from '../share.ts';

/** By the id of the rollout, what of the allocation before it its flag cannot have. */
export function wayBackIssues(wanted: readonly SluiceRecord[]): (readonly [id: string, issue: Issue])[] {
  const flags = new Map(wanted.flatMap((record) => (record.kind === 'flag' ? [[record.key, record]] : [])));
  return wanted.flatMap((record) => {
    if (record.kind !== 'rollout' || record.plan.strategy === 'rollback') return [];
    const flag = flags.get(record.key);
    if (flag?.shareOwner?.kind !== 'rollout') return [];
    return beforeIssues(record.before, flag).map((issue) => [idOf(record), issue] as const);
  });
}

function beforeIssues({ offVariant, onVariant, split }: Allocation, { key, variants }: Flag): Issue[] {
  const named = [
    ['offVariant', offVariant],
    ['onVariant', onVariant],
    ...split.map(({ variant }) => [`split/${pointerPart(variant)}`, variant]),
  ] as const;
  const known = Object.keys(variants).join(', ');
  const strangers = named
    .filter(([, variant = '']) => !Object.hasOwn(variants, variant))
    .map(([place, variant]) => ({
      path: `/before/${place}`,
      message: `names the variant "${variant}", which the flag "${key}" does not have; there are ${known}`,
    }));
  if (strangers.length > 0) return strangers;
  const total = split.reduce((sum, { share }) => sum + share, 0);
  return split.length === 0 || total === WHOLE_SHARE
    ? []
    : [{ path: '/before/split', message: `must sum to 100 %; it sums to ${shareToPercentage(total)} %` }];
}
