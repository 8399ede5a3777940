/** Values that the program measured, until they are reported. */
import { isMeasurable, isUsableKey, MEASURABLE } from '@sluice/core';
import type { BatchRoom } from './batch-room.ts';

/** One value, as the server takes it. */
export interface MeasuredValue {
  readonly kind: 'observe' | 'count';
  readonly metric: string;
  readonly value: number;
  readonly flag?: string;
  readonly variant?: string;
  readonly unit?: string;
  readonly test?: string;
  readonly at?: number;
}

/** The same as the program gives it. */
export type GivenValue = Omit<MeasuredValue, 'unit' | 'at'> & { readonly unit?: string | number };

export interface ValueLabels {
  readonly flag?: string;
  readonly variant?: string;
  /** The key of the unit that met it. */
  readonly unit?: string | number;
}

export class MeasuredValues {
  readonly #max: number;
  #values: MeasuredValue[] = [];
  #underWay = 0;
  #dropped = 0;

  /** `max` values wait at most, those that are under way included; beyond it new ones are dropped and counted. */
  constructor(max: number) {
    this.#max = max;
  }

  /** Values that the server has not taken yet, on their way to it or not. */
  get size(): number {
    return this.#values.length + this.#underWay;
  }

  /** Values that are not on their way yet. */
  get pending(): number {
    return this.#values.length;
  }

  get dropped(): number {
    return this.#dropped;
  }

  /** False when there was no room for it. */
  add(value: MeasuredValue): boolean {
    if (this.size >= this.#max) {
      this.#dropped += 1;
      return false;
    }
    this.#values.push(value);
    return true;
  }

  /** Sends on their way what there is room for, `max` at most, the oldest first. */
  take(room: BatchRoom, max: number): MeasuredValue[] {
    const end = this.#values.findIndex((value, index) => index >= max || !room.take(value));
    const taken = this.#values.splice(0, end === -1 ? this.#values.length : end);
    this.#underWay += taken.length;
    return taken;
  }

  /** So many that were under way are taken by the server, or given up. */
  settle(count: number): void {
    this.#underWay -= count;
  }
}

/** What is wrong with it, as a sentence; null when nothing is. */
export function valueProblem({ metric, value, unit }: { metric: unknown; value: unknown; unit: unknown }): string | null {
  if (typeof metric !== 'string' || metric === '') return `the metric must have a name; it is ${shown(metric)}`;
  if (!isMeasurable(value)) return `metric "${metric}": the value must be ${MEASURABLE}; it is ${shown(value)}`;
  if (unit !== undefined && (!isUsableKey(unit) || unit === ''))
    return `metric "${metric}": the unit must be a text of 1 byte to 1 KiB, or a whole number; it is ${shown(unit)}`;
  return null;
}

function shown(value: unknown): string {
  return typeof value === 'object' || typeof value === 'symbol' || typeof value === 'function'
    ? typeof value
    : `${value}`.slice(0, 100);
}
