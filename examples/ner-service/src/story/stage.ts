/** What every act of the demo plays on. */
import type { Sluice } from 'sluice';
import type { LabelledText } from '../corpus.ts';
import type { Screen } from '../screen.ts';
import type { Traffic } from '../traffic.ts';

export interface DemoStage {
  readonly sluice: Sluice;
  readonly traffic: Traffic;
  readonly texts: readonly LabelledText[];
  readonly screen: Screen;
}

/** Something the demo promises, and whether the traffic shows it. */
export interface Fact {
  readonly what: string;
  readonly isTrue: boolean;
  readonly measured: string;
}

export function fact(what: string, isTrue: boolean, measured: string): Fact {
  return { what, isTrue, measured };
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Waits until `isTrue`, and at most `ms`; answers whether it came true. */
export async function until(isTrue: () => boolean, ms: number): Promise<boolean> {
  const giveUpAt = performance.now() + ms;
  while (!isTrue()) {
    if (performance.now() > giveUpAt) return false;
    await pause(50);
  }
  return true;
}
