/** Counts what a flag answered since the last flush. On the hot path of every evaluation: it allocates nothing once warm. */
import {
  type CompiledFlag,
  distinctFromIndices,
  emptyTally,
  errorOf,
  hashOfKey,
  isUsableKey,
  newRegisters,
  raise,
  reasonOf,
  slotOf,
  type Tally,
  type Unit,
  variantIndexOf,
} from '@sluice/core';

/** Registers of the distinct units that one variant was served to, and which of them rose since the last flush. */
interface DistinctMeter {
  readonly registers: Uint8Array;
  raised: number[];
}

/** The key of an outcome in a flag's tally: what was served and why. */
export function outcomeKey(compiled: CompiledFlag, slot: number): string {
  const variant = compiled.variants[variantIndexOf(slot)] ?? '';
  return `${variant}/${errorOf(slot) ?? reasonOf(slot)}`;
}

export class FlagMeter {
  /** Whether something was counted since the last drain. */
  isDirty = false;
  #compiled: CompiledFlag;
  readonly #counts: number[] = [];
  readonly #distinct: DistinctMeter[] = [];

  constructor(compiled: CompiledFlag) {
    this.#compiled = compiled;
  }

  count(outcome: number, unit: Unit | null | undefined): void {
    const slot = slotOf(outcome);
    this.#counts[slot] = (this.#counts[slot] ?? 0) + 1;
    const variant = variantIndexOf(outcome);
    if (variant < 0 || unit === undefined || unit === null) return;
    const key = unit.userId;
    if (key === undefined || key === '' || !isUsableKey(key)) return;
    const meter = this.#distinct[variant] ?? this.#meterOf(variant);
    const hash = hashOfKey(key);
    const raised = raise(meter.registers, hash.high, hash.low);
    if (raised >= 0) meter.raised.push(raised);
  }

  #meterOf(variant: number): DistinctMeter {
    while (this.#distinct.length <= variant) this.#distinct.push({ registers: newRegisters(), raised: [] });
    return this.#distinct[variant] as DistinctMeter;
  }

  /** What was counted since the last drain, keyed by the variants as they were then. */
  drain(from: number, to: number): Tally {
    const counts: Record<string, number> = Object.create(null);
    for (const [slot, count] of this.#counts.entries()) {
      if (count > 0) counts[outcomeKey(this.#compiled, slot)] = count;
      this.#counts[slot] = 0;
    }
    const distinct: Record<string, Tally['distinct'][string]> = Object.create(null);
    for (const [variant, meter] of this.#distinct.entries()) {
      if (meter.raised.length === 0) continue;
      distinct[this.#compiled.variants[variant] ?? ''] = distinctFromIndices(meter.registers, meter.raised);
      meter.raised = [];
    }
    this.isDirty = false;
    return { ...emptyTally(), counts, distinct, firstAt: from, lastAt: to };
  }

  /** The flag changed. Counts by index stay valid only while the variants do; the caller drains before. */
  follow(compiled: CompiledFlag): void {
    const changed = compiled.variants.join('\0') !== this.#compiled.variants.join('\0');
    this.#compiled = compiled;
    if (!changed) return;
    this.#counts.length = 0;
    this.#distinct.length = 0;
  }
}
