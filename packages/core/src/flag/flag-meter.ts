/** Counts what a flag answered since the last flush. It allocates nothing once warm. */
import { distinctFromIndices, newRegisters, raise } from '../analysis/distinct.ts';
import { emptyTally, type Tally } from '../analysis/tally.ts';
import type { CompiledFlag } from './compile.ts';
import { errorOf, reasonOf, slotCount, variantIndexOf } from './evaluate.ts';

/** Registers of the distinct units that one variant was served to, and which of them rose since the last flush. */
interface DistinctMeter {
  readonly registers: Uint8Array;
  raised: number[];
  /** No register is below: a hash that ranks no higher raises none, and the registers need not be reached for. */
  lowest: number;
  /** Rises since the lowest was last looked for. */
  toLowest: number;
}

/** The key of an outcome in a flag's tally: what was served and why. */
export function outcomeKey(compiled: CompiledFlag, slot: number): string {
  const variant = compiled.variants[variantIndexOf(slot)] ?? '';
  return `${variant}/${errorOf(slot) ?? reasonOf(slot)}`;
}

export class FlagMeter {
  #compiled: CompiledFlag;
  /** By slot; null until something is counted, because most flags of a large file are never asked. */
  #counts: Float64Array | null = null;
  #distinct: DistinctMeter[] = [];

  constructor(compiled: CompiledFlag) {
    this.#compiled = compiled;
  }

  count(slot: number): void {
    const counts = this.#counts ?? this.#begin();
    counts[slot] = (counts[slot] as number) + 1;
  }

  /** A unit with these hash lanes was served this variant. */
  meet(variant: number, high: number, low: number): void {
    const meter = this.#distinct[variant];
    if (meter === undefined || Math.clz32(low) >= meter.lowest) this.#raise(variant, high, low);
  }

  #begin(): Float64Array {
    this.#counts = new Float64Array(slotCount(this.#compiled.variants.length));
    return this.#counts;
  }

  #raise(variant: number, high: number, low: number): void {
    while (this.#distinct.length <= variant)
      this.#distinct.push({ registers: newRegisters(), raised: [], lowest: 0, toLowest: 0 });
    const meter = this.#distinct[variant] as DistinctMeter;
    const raised = raise(meter.registers, high, low);
    if (raised < 0) return;
    meter.raised.push(raised);
    meter.toLowest += 1;
    // Each register has to rise before the lowest can; looking for it more often would cost more than it saves.
    if (meter.toLowest < meter.registers.length / 2) return;
    meter.toLowest = 0;
    meter.lowest = meter.registers.reduce((least, rank) => Math.min(least, rank), 64);
  }

  /** What was counted since the last drain, keyed by the variants as they were then. */
  drain(from: number, to: number): Tally {
    const counts = (this.#counts ?? []).entries();
    const counted = [...counts].flatMap(([slot, count]) =>
      count > 0 ? [[outcomeKey(this.#compiled, slot), count] as const] : [],
    );
    this.#counts?.fill(0);
    const distinct = this.#distinct.flatMap((meter, variant) => {
      const { raised } = meter;
      meter.raised = [];
      return raised.length === 0
        ? []
        : [[this.#compiled.variants[variant] ?? '', distinctFromIndices(meter.registers, raised)] as const];
    });
    return {
      ...emptyTally(),
      counts: Object.fromEntries(counted),
      distinct: Object.fromEntries(distinct),
      firstAt: from,
      lastAt: to,
    };
  }

  /** The flag changed. Counts by index stay valid only while the variants do; the caller drains before. */
  follow(compiled: CompiledFlag): void {
    const changed = compiled.variants.join('\0') !== this.#compiled.variants.join('\0');
    this.#compiled = compiled;
    if (!changed) return;
    this.#counts = null;
    this.#distinct = [];
  }
}
