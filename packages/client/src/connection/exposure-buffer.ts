/** Which units were served which variant of a flag that a test or rollout has, since they were last reported. */
import { dimensionsOf, isDrawn, type Unit, unitKeyOf, variantIndexOf } from '@sluice/core';
import type { BatchRoom } from './batch-room.ts';
import type { ServedFlag } from './served-flags.ts';

export interface Exposure {
  readonly flag: string;
  readonly variant: string;
  readonly unit: string;
  /** The first time, in milliseconds since 1970. */
  readonly at: number;
  readonly count: number;
  /** Whether the bucket decided, and not a list, a condition or a rule. */
  readonly isDrawn: boolean;
  /** Of the attributes that the flag's test asks for, those that the unit had then. */
  readonly dimensions?: Readonly<Record<string, string>>;
}

interface Pending extends Exposure {
  count: number;
}

export class ExposureBuffer {
  readonly #max: number;
  readonly #pending = new Map<string, Pending>();
  #underWay = 0;
  #dropped = 0;

  /** `max` units wait at most, those that are under way included; beyond it new ones are dropped and counted. */
  constructor(max: number) {
    this.#max = max;
  }

  /** Units that the server has not taken yet, on their way to it or not. */
  get size(): number {
    return this.#pending.size + this.#underWay;
  }

  /** Units that are not on their way yet. */
  get pending(): number {
    return this.#pending.size;
  }

  get dropped(): number {
    return this.#dropped;
  }

  /** False when there was no room for it. Throws what reading a hostile unit throws, and then has kept nothing. */
  add({ compiled, dimensions: asked }: ServedFlag, outcome: number, unit: Unit | null | undefined, at: number): boolean {
    const variant = variantIndexOf(outcome);
    const key = unitKeyOf(compiled, unit);
    if (variant < 0 || key === null || compiled.isOverridden) return true;
    const isByBucket = isDrawn(outcome);
    // What was served before a test or stage began is nothing of it, so no revision's exposures are put to another's.
    const id = `${compiled.variants[variant]}\0${isByBucket ? '~' : '!'}${compiled.flag.revision}/${compiled.flag.key}\0${key}`;
    const pending = this.#pending.get(id);
    if (pending !== undefined) pending.count += 1;
    else if (this.size >= this.#max) {
      this.#dropped += 1;
      return false;
    } else {
      const dimensions = asked.length === 0 ? null : dimensionsOf(asked, unit?.attributes);
      this.#pending.set(id, {
        flag: compiled.flag.key,
        variant: compiled.variants[variant] ?? '',
        unit: String(key),
        at,
        count: 1,
        isDrawn: isByBucket,
        ...(dimensions === null ? {} : { dimensions }),
      });
    }
    return true;
  }

  /** Sends on their way what there is room for, `max` at most, the oldest first. */
  take(room: BatchRoom, max: number): Exposure[] {
    const taken: Exposure[] = [];
    for (const [id, exposure] of this.#pending) {
      if (taken.length >= max || !room.take(exposure)) break;
      taken.push(exposure);
      this.#pending.delete(id);
    }
    this.#underWay += taken.length;
    return taken;
  }

  /** So many that were under way are taken by the server, or given up. */
  settle(count: number): void {
    this.#underWay -= count;
  }
}
