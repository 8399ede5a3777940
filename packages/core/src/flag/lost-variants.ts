/** Variants that a change of a flag would take away from under somebody who still names them. */
import type { Change } from '../change.ts';
import { isRefusal, type Refusal, refuse } from '../error.ts';
import type { Experiment } from '../experiment/experiment.ts';
import { isEnded, type Rollout } from '../rollout/rollout.ts';
import type { Allocation, Flag } from './flag.ts';
import type { FlagFacts } from './flag-facts.ts';
import { prerequisitesOf } from './prerequisite.ts';

/** Who may name a flag's variants besides the flag itself. */
export interface VariantUsers {
  readonly rollout: Rollout | undefined;
  readonly experiment: Experiment | undefined;
  /** All flags as they would be; the flag itself and archived ones are left out. */
  readonly flags: Iterable<Flag>;
}

/** Who names a variant that `after` has no longer, in words; null when nobody does. */
export function lostVariantProblem(before: Flag, after: Flag, users: VariantUsers): string | null {
  const lost = Object.keys(before.variants).filter((variant) => !Object.hasOwn(after.variants, variant));
  if (lost.length === 0) return null;
  const named = lost.flatMap((variant): string[] => {
    const who = namersOf(after.key, variant, users);
    return who.length === 0 ? [] : [`the variant "${variant}" is named by ${who.join(', ')}`];
  });
  return named.length === 0 ? null : `${named.join('; ')}; change or end that first`;
}

/** For a plan that looks at its own flag alone: why it would take a variant from the prerequisites of others, or null. */
export function lossRefusal(change: Change | Refusal | null, { key, flag, flags }: FlagFacts): Refusal | null {
  if (change === null || isRefusal(change) || flag === undefined || flags === undefined) return null;
  const after = change.records.find((record) => record.kind === 'flag' && record.key === key);
  if (after?.kind !== 'flag') return null;
  const problem = lostVariantProblem(flag, after, { rollout: undefined, experiment: undefined, flags: flags.values() });
  return problem === null ? null : refuse(`flag "${key}": ${problem}`);
}

function namersOf(key: string, variant: string, { rollout, experiment, flags }: VariantUsers): string[] {
  const needing = [...flags].filter((flag) => flag.key !== key && flag.archivedAt === null && needs(flag, key, variant));
  const isRolledOut = rollout !== undefined && !isEnded(rollout.phase) && variantsOf(rollout).includes(variant);
  const isTested =
    experiment !== undefined && experiment.phase !== 'stopped' && experiment.arms.some((arm) => arm.variant === variant);
  return [
    ...needing.map((flag) => `the prerequisites of the flag "${flag.key}"`),
    ...(isRolledOut ? [`the rollout of "${key}"`] : []),
    ...(isTested ? [`the test "${key}"`] : []),
  ];
}

function needs(flag: Flag, key: string, variant: string): boolean {
  return prerequisitesOf(flag).some((prerequisite) => prerequisite.flag === key && prerequisite.variants.includes(variant));
}

/** What a rollout leads to, and what going back restores. */
function variantsOf({ plan, before, applied }: Rollout): (string | null)[] {
  const named = ({ offVariant, onVariant, split }: Allocation): string[] => [
    offVariant,
    onVariant,
    ...split.map((range) => range.variant),
  ];
  return [plan.toVariant, ...named(before), ...(applied === null ? [] : named(applied))];
}
