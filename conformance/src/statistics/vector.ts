/** Reference vectors: numbers that a method must give for an input, computed elsewhere with many more digits. */

export interface Vector {
  readonly id: string;
  readonly input: VectorInput;
  readonly expected: Readonly<Record<string, Expected>>;
  readonly [tolerance: `relTol${string}` | `absTol${string}`]: number;
}

/** As the files have it; each family knows its own. */
export type VectorInput = Readonly<Record<string, unknown>>;

/** Null is not defined, or not checked. */
export type Expected = number | boolean | null | readonly Expected[] | { readonly [field: string]: Expected };

export interface VectorFile {
  readonly family: string;
  readonly relTol: number;
  readonly cases: readonly Vector[];
}

/** How far a number may be off: the larger of both. */
export interface Tolerance {
  readonly relative: number;
  readonly absolute?: number;
}

/** What the engine gives, field by field as in `expected`, and how near it must be. */
export interface Given {
  readonly given: Readonly<Record<string, Expected>>;
  /** For fields that have one of their own; all others have the file's. */
  readonly tolerances?: Readonly<Record<string, Tolerance>>;
}

/** Computes a case with the engine's functions; throws where the engine refuses. */
export type Family = (vector: Vector, file: VectorFile) => Given;
