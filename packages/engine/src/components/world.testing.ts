/** A component in a process whose clock is moved by hand, with instances that know how often they were let go of. */
import type { SluiceError } from '@sluice/core';
import { manualClock } from '../clock/manual-clock.ts';
import type { HotSwapManager } from '../hot-swap-manager.ts';
import { createSluice } from '../sluice.ts';
import { memoryStore } from '../store/memory-store.ts';

export const C = 'ner_model';
export const ANN = { userId: 'ann' };

/** An instance that knows how often it was let go of. */
export class Model {
  static made: Model[] = [];
  readonly version: string;
  disposals = 0;
  constructor(version: string) {
    this.version = version;
    Model.made.push(this);
  }
  dispose(): void {
    this.disposals += 1;
  }
}

export function hotSwapWorld() {
  Model.made = [];
  const clock = manualClock(1_700_000_000_000);
  const sluice = createSluice({ store: memoryStore(), clock });
  const problems: SluiceError[] = [];
  sluice.on('problem', (problem) => problems.push(problem));
  const { hotSwap } = sluice;
  const register = (version: string) => hotSwap.registerVersion(C, version, () => new Model(version));
  const served = () => hotSwap.use(C, ANN, (model: Model) => model.version);
  const stateOf = (version: string) => hotSwap.versions(C).find((known) => known.version === version);
  return { clock, sluice, hotSwap, problems, register, served, stateOf };
}

/** A call that ends when it is told to. */
export function heldCall(hotSwap: HotSwapManager) {
  let end: () => void = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const call = hotSwap.use(C, ANN, async (model: Model, version) => {
    await ended;
    return `${version} disposed ${model.disposals} times`;
  });
  return { call, end };
}
