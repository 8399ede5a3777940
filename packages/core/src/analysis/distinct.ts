/**
 * How many distinct units there were, in 4 kB and mergeable: HyperLogLog (Flajolet, Fusy, Gandouet, Meunier 2007) with 2^12
 * registers over 64-bit hashes, read by the improved raw estimator (Ertl 2017, algorithm 6), which has no bias at any count. The standard
 * error is 1.04/√4096 = 1.6 %: two counts in three are within 1.6 %, 19 in 20 within 3.2 %.
 */
const PRECISION = 12;
const REGISTERS = 1 << PRECISION;
/** A rank is one more than the leading zeros of 32 bits. */
const HIGHEST_RANK = 33;

/** Registers that are not zero, by index: JSON, and small while few units were seen. */
export type DistinctCount = readonly (readonly [index: number, rank: number])[];

export function newRegisters(): Uint8Array {
  return new Uint8Array(REGISTERS);
}

/** Takes a unit's two hash lanes in. Answers the index of the register that rose, or -1. Allocates nothing. */
export function raise(registers: Uint8Array, high: number, low: number): number {
  const index = high >>> (32 - PRECISION);
  const rank = Math.clz32(low) + 1;
  if (rank <= (registers[index] as number)) return -1;
  registers[index] = rank;
  return index;
}

/** Only these registers: what rose since the last time. An index may come twice. */
export function distinctFromIndices(registers: Uint8Array, indices: readonly number[]): DistinctCount {
  return [...new Set(indices)].map((index) => [index, registers[index] ?? 0] as const);
}

export function distinctRegisters(count: DistinctCount): Uint8Array {
  const registers = newRegisters();
  for (const [index, rank] of count) registers[index] = Math.max(registers[index] ?? 0, rank);
  return registers;
}

/** The count of units in either; a unit in both counts once. */
export function mergeDistinct(a: DistinctCount, b: DistinctCount): DistinctCount {
  const merged = new Map(a);
  for (const [index, rank] of b) merged.set(index, Math.max(merged.get(index) ?? 0, rank));
  return [...merged].sort((x, y) => x[0] - y[0]);
}

export function estimateDistinct(count: DistinctCount): number {
  return estimateRegisters(distinctRegisters(count));
}

export function estimateRegisters(registers: Uint8Array): number {
  const counts = new Array<number>(HIGHEST_RANK + 1).fill(0);
  for (const rank of registers) counts[rank] = (counts[rank] ?? 0) + 1;
  let z = REGISTERS * tau(1 - (counts[HIGHEST_RANK] ?? 0) / REGISTERS);
  for (let rank = HIGHEST_RANK - 1; rank >= 1; rank--) z = 0.5 * (z + (counts[rank] ?? 0));
  z += REGISTERS * sigma((counts[0] ?? 0) / REGISTERS);
  return (REGISTERS * REGISTERS) / (2 * Math.LN2 * z);
}

/** Registers still at zero, which tell of small counts: x + Σ x^(2^k) 2^(k−1) (Ertl 2017, eq. 14). */
function sigma(zeros: number): number {
  if (zeros === 1) return Number.POSITIVE_INFINITY;
  let [x, y, z, before] = [zeros, 1, zeros, -1];
  while (z !== before) {
    before = z;
    x *= x;
    z += x * y;
    y += y;
  }
  return z;
}

/** Registers that can rise no further, which tell of huge counts (Ertl 2017, eq. 18). */
function tau(unsaturated: number): number {
  if (unsaturated === 0 || unsaturated === 1) return 0;
  let [x, y, z, before] = [unsaturated, 1, 1 - unsaturated, -1];
  while (z !== before) {
    before = z;
    x = Math.sqrt(x);
    y *= 0.5;
    z -= (1 - x) ** 2 * y;
  }
  return z / 3;
}
