/** Asks what a flag's prerequisites serve a unit. Of any depth and shape: each flag is asked once, and none on the call stack of another. */
import type { CompiledFlag, CompiledPrerequisite } from './compile.ts';
import type { Unit } from './unit.ts';

/** The variant that a live flag serves when its prerequisites hold; below 0 when it cannot answer. */
export type Served = (flag: CompiledFlag, unit: Unit) => number;

/** In place of a variant while a flag's own prerequisites are asked: whoever meets it goes round in a circle, which never holds. */
const UNDER_WAY = -2;

interface Asked {
  readonly flag: CompiledFlag;
  next: number;
}

/** Whether every prerequisite of `root` holds for this unit. */
export function prerequisitesHold(root: CompiledFlag, unit: Unit, served: Served): boolean {
  const variants = new Map<CompiledFlag, number>([[root, UNDER_WAY]]);
  const way: Asked[] = [{ flag: root, next: 0 }];
  let holds = true;
  for (let top = way.at(-1); top !== undefined; top = way.at(-1)) {
    const prerequisite: CompiledPrerequisite | undefined = top.flag.prerequisites?.[top.next];
    const needed = prerequisite?.holder.compiled ?? null;
    holds = true;
    if (prerequisite !== undefined) {
      const variant = needed === null || needed.flag.archivedAt !== null ? UNDER_WAY : variantOf(needed, variants, unit, served);
      if (variant === null) {
        variants.set(needed as CompiledFlag, UNDER_WAY);
        way.push({ flag: needed as CompiledFlag, next: 0 });
        continue;
      }
      top.next += 1;
      holds = prerequisite.variants.has(needed?.variants[variant] ?? '');
      if (holds) continue;
    }
    way.pop();
    if (way.length > 0) variants.set(top.flag, holds ? served(top.flag, unit) : top.flag.off);
  }
  return holds;
}

/** Null when the flag's own prerequisites have to be asked first. */
function variantOf(flag: CompiledFlag, known: Map<CompiledFlag, number>, unit: Unit, served: Served): number | null {
  const found = known.get(flag);
  if (found !== undefined) return found;
  if (!flag.isKilled && flag.prerequisites !== null) return null;
  const variant = flag.isKilled ? flag.off : served(flag, unit);
  known.set(flag, variant);
  return variant;
}
