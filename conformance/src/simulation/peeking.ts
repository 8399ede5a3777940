/** Two arms that fill up, and somebody who looks every so often. */
import type { Decision } from './decision.ts';
import type { Draw } from './population.ts';
import { Random } from './random.ts';
import { Sample } from './sample.ts';

export interface PeekingCell {
  readonly name: string;
  readonly control: Draw;
  readonly treatment: Draw;
  /** The treatment's part. */
  readonly split: number;
  /** Units in both arms at the last look. */
  readonly last: number;
  readonly every: number;
  /** No look at fewer in an arm. */
  readonly minUnits: number;
  readonly decisions: Readonly<Record<string, Decision>>;
}

/** By decision, for every replicate the number of units at which it fell, or null. */
export type Stops = Readonly<Record<string, readonly (number | null)[]>>;

export function simulatePeeking(cell: PeekingCell, replicates: number, seed: string): Stops {
  const random = new Random(`${seed}/${cell.name}`);
  const stops = Object.fromEntries(Object.keys(cell.decisions).map((name) => [name, [] as (number | null)[]]));
  for (let replicate = 0; replicate < replicates; replicate++)
    for (const [name, stop] of Object.entries(oneRun(cell, random))) stops[name]?.push(stop);
  return stops;
}

function oneRun(cell: PeekingCell, random: Random): Record<string, number | null> {
  const [control, treatment] = [new Sample(), new Sample()];
  const found: Record<string, number | null> = Object.fromEntries(Object.keys(cell.decisions).map((name) => [name, null]));
  let open = Object.entries(cell.decisions);
  for (let total = 1; total <= cell.last && open.length > 0; total++) {
    if (random.uniform() < cell.split) treatment.add(cell.treatment(random));
    else control.add(cell.control(random));
    if (total % cell.every !== 0 || Math.min(control.n, treatment.n) < Math.max(2, cell.minUnits)) continue;
    const [c, t] = [control.summary(), treatment.summary()];
    open = open.filter(([name, decision]) => {
      if (!decision(c, t)) return true;
      found[name] = total;
      return false;
    });
  }
  return found;
}

/** The part of the replicates in which it fell by `until`. */
export function rateOf(stops: readonly (number | null)[], until = Number.POSITIVE_INFINITY): number {
  return stops.filter((stop) => stop !== null && stop <= until).length / stops.length;
}

/** The number of units by which the part `q` of all replicates had been decided; null when fewer were. */
export function quantileOf(stops: readonly (number | null)[], q: number): number | null {
  const sorted = stops.map((stop) => stop ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.POSITIVE_INFINITY;
  return Number.isFinite(value) ? value : null;
}

/** The mean number of units when it ended, those that were not decided at the last look. */
export function meanStop(stops: readonly (number | null)[], last: number): number {
  return stops.reduce<number>((sum, stop) => sum + (stop ?? last), 0) / stops.length;
}
