/** Both arms alike: how often is a difference found that is not there? */
import { naiveT, sequence } from './decision.ts';
import { type PeekingCell, rateOf, simulatePeeking } from './peeking.ts';
import { binary, type Draw, lognormal, normal } from './population.ts';

const DECISIONS = { naive: naiveT, plain: sequence(5000, 'plain'), robust: sequence(5000) };

function cell(name: string, draw: Draw, treatmentPercentage: number, more: Partial<PeekingCell> = {}): PeekingCell {
  const split = treatmentPercentage / 100;
  return { name, control: draw, treatment: draw, split, last: 20_000, every: 100, minUnits: 100, decisions: DECISIONS, ...more };
}

const OTHER_TUNINGS = {
  'robust, tuned to 1000': sequence(1000),
  'robust, tuned to 10000': sequence(10_000),
  'robust, tuned to 100000': sequence(100_000),
};

export const FALSE_ALARM_CELLS: readonly PeekingCell[] = [
  cell('normal 50/50, to 10,000, no minimum', normal(), 50, { last: 10_000, minUnits: 0 }),
  cell('normal 50/50, to 10,000', normal(), 50, { last: 10_000, decisions: { ...DECISIONS, ...OTHER_TUNINGS } }),
  cell('normal 50/50, to 100,000, a look every 1,000', normal(), 50, { last: 100_000, every: 1000 }),
  cell('normal 50/50, to 20,000', normal(), 50),
  cell('normal 90/10, to 20,000', normal(), 10),
  cell('binary 10 % 50/50', binary(0.1), 50),
  cell('binary 10 % 90/10', binary(0.1), 10),
  cell('binary 2 % 50/50', binary(0.02), 50),
  cell('binary 2 % 90/10', binary(0.02), 10),
  cell('binary 0.5 % 90/10', binary(0.005), 10),
  cell('binary 0.5 % 95/5', binary(0.005), 5),
  cell('binary 0.1 % 90/10', binary(0.001), 10),
  cell('binary 0.1 % 95/5', binary(0.001), 5),
  cell('binary 10 % 99/1', binary(0.1), 1),
  cell('binary 0.1 % 99/1', binary(0.001), 1),
  cell('lognormal σ=1 90/10, to 10,000', lognormal(1), 10, { last: 10_000 }),
  cell('lognormal σ=1.5 90/10, to 10,000', lognormal(1.5), 10, { last: 10_000 }),
];

/** The part of replicates in which each decision fell, though nothing differs. */
export function falseAlarms(cell: PeekingCell, replicates: number, seed: string): Record<string, number> {
  const stops = simulatePeeking(cell, replicates, seed);
  return Object.fromEntries(Object.entries(stops).map(([name, all]) => [name, rateOf(all)]));
}
