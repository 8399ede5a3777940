/** Variants as rows that people edit: a name may be given twice and a value be half-written, which an object cannot hold. */
import type { JsonValue } from '@sluice/core';
import { newId } from './clauses.ts';

export interface VariantRow {
  readonly id: string;
  readonly name: string;
  readonly value: JsonValue;
  /** Of a value that is neither text, number nor yes or no: as it is typed. */
  readonly json: string | null;
}

export function rowsOf(variants: Readonly<Record<string, JsonValue>>): VariantRow[] {
  return Object.entries(variants).map(([name, value]) => ({
    id: newId(),
    name,
    value,
    json: isPlain(value) ? null : textOf(value),
  }));
}

export function isPlain(value: JsonValue): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

export function textOf(value: JsonValue): string {
  return JSON.stringify(value, null, 2);
}

/** Why the row cannot be a variant yet, or null; what a variant may be besides is the server's to say. */
export function rowProblem({ id, name, json }: VariantRow, rows: readonly VariantRow[]): string | null {
  if (rows.some((other) => other.id !== id && other.name === name)) return `there is another variant "${name}"`;
  if (json === null) return null;
  try {
    JSON.parse(json);
    return null;
  } catch (error) {
    return `is no JSON yet: ${(error as Error).message}`;
  }
}

export function variantsOf(rows: readonly VariantRow[]): Readonly<Record<string, JsonValue>> {
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
}

/** A name that no row has. */
export function freeName(rows: readonly VariantRow[]): string {
  for (let number = rows.length + 1; ; number++) {
    const name = `variant-${number}`;
    if (rows.every((row) => row.name !== name)) return name;
  }
}
