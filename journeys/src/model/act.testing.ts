/** One thing that can happen in a history, its arguments drawn, and what may come of it. */
import { SluiceError } from '@sluice/core';
import fc from 'fast-check';
import { CUT } from './ground.testing.ts';
import { COMPONENT, FLAGS, VERSIONS, type World } from './world.testing.ts';

export interface Act {
  readonly name: string;
  readonly args: unknown;
  run(world: World): Promise<unknown>;
}

export function act<Args>(
  name: string,
  args: fc.Arbitrary<Args>,
  run: (world: World, args: Args) => Promise<unknown> | unknown,
): fc.Arbitrary<Act> {
  return args.map((drawn) => ({ name, args: drawn, run: async (world) => run(world, drawn) }));
}

/** What people ask for may be refused, and the line to the store may be cut; nothing else may go wrong. */
export function tolerate(error: unknown): void {
  if (!(error instanceof SluiceError)) throw error;
  if (!['refused', 'conflict', 'invalid', 'notFound'].includes(error.code) && !error.message.includes(CUT)) throw error;
}

export const flag = fc.constantFrom(...FLAGS, ...FLAGS, COMPONENT);
export const percentage = fc.constantFrom(0, 1, 5, 12.5, 40, 50, 99.999, 100);
export const version = fc.constantFrom(...VERSIONS);
