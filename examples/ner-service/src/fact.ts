/** Something a demo promises, and whether the traffic shows it. */
import { colors, type Screen } from './screen.ts';

export interface Fact {
  readonly what: string;
  readonly isTrue: boolean;
  readonly measured: string;
}

export function fact(what: string, isTrue: boolean, measured: string): Fact {
  return { what, isTrue, measured };
}

/** Prints every fact with what was measured; answers whether all hold. */
export function tellFacts(facts: readonly Fact[], screen: Screen, seconds: number): boolean {
  const missed = facts.filter(({ isTrue }) => !isTrue).length;
  screen.say(
    colors.bold('What the traffic saw'),
    ...facts.map(
      ({ what, isTrue, measured }) => `  ${isTrue ? colors.green('✔') : colors.red('✘')} ${what} ${colors.dim(measured)}`,
    ),
    '',
    missed === 0
      ? colors.green(`All ${facts.length} facts hold, in ${seconds.toFixed(0)} s.`)
      : colors.red(`${missed} of ${facts.length} facts do not hold.`),
  );
  return missed === 0;
}
