/** What a unit is served of flags that a test or rollout has. */
import type { CompiledFlag } from './compile.ts';
import { decide, isDrawn, unitKeyOf, variantIndexOf } from './evaluate.ts';
import type { ShareOwner } from './flag.ts';
import type { Unit } from './unit.ts';

export interface Assignment {
  readonly flag: string;
  readonly owner: ShareOwner['kind'];
  readonly variant: string;
  /** What the flag assigns: the key of the unit, or the attribute that the flag is bucketed by. */
  readonly key: string | number;
}

/** Of a test only what the bucket decides: who is served a variant by name is in no arm. Throws what reading a hostile unit throws. */
export function assignmentsOf(flags: Iterable<CompiledFlag>, unit: Unit): Assignment[] {
  const assignments: Assignment[] = [];
  for (const compiled of flags) {
    const owner = compiled.flag.shareOwner;
    if (owner === null || compiled.isOverridden) continue;
    const outcome = decide(compiled, unit);
    const variant = compiled.variants[variantIndexOf(outcome)];
    const key = unitKeyOf(compiled, unit);
    if (variant === undefined || key === null || (owner.kind === 'experiment' && !isDrawn(outcome))) continue;
    assignments.push({ flag: compiled.flag.key, owner: owner.kind, variant, key });
  }
  return assignments;
}
