import { setTimeout as pause } from 'node:timers/promises';
import { createSluice, memoryStore } from 'sluice';
import { expect, it } from 'vitest';

const DURATION_MS = process.env.SLUICE_SOAK === '1' ? 10_000 : 2_000;
const CALLERS = 1_000;
const SWAP_EVERY_MS = 100;
const LEAST_SWAPS = DURATION_MS / SWAP_EVERY_MS / 4;
const VERSIONS = ['1.0.0', '2.0.0', '3.0.0'] as const;
const COMPONENT = 'ner_model';

/** Knows who is inside it, and complains when it is let go of under somebody or used after that. */
class Instance {
  readonly version: string;
  disposals = 0;
  inside = 0;
  constructor(version: string) {
    this.version = version;
  }
  async work(ms: number): Promise<string> {
    this.#refuseDisposed();
    this.inside += 1;
    await pause(ms);
    this.#refuseDisposed();
    this.inside -= 1;
    return this.version;
  }
  #refuseDisposed(): void {
    if (this.disposals > 0) throw new Error(`${this.version} is disposed`);
  }
  async dispose(): Promise<void> {
    this.disposals += 1;
    if (this.inside > 0) throw new Error(`${this.version} is let go with ${this.inside} inside`);
    await pause(5);
  }
}

it(
  `drops and doubly disposes nothing: a swap every ${SWAP_EVERY_MS} ms under ${CALLERS} concurrent calls for ${DURATION_MS / 1000} s`,
  async () => {
    const sluice = createSluice({ store: memoryStore() });
    const { hotSwap } = sluice;
    const problems: string[] = [];
    sluice.on('problem', ({ message }) => problems.push(message));
    const made: Instance[] = [];
    const load = (version: string) => async (): Promise<Instance> => {
      await pause(5);
      const instance = new Instance(version);
      made.push(instance);
      return instance;
    };
    for (const version of VERSIONS) await hotSwap.registerVersion(COMPONENT, version, load(version));

    const served = new Map<string, number>();
    const failures: unknown[] = [];
    const startedAt = performance.now();
    const swaps: Promise<unknown>[] = [];
    let calls = 0;
    // A busy machine is late for calls and swaps, and then takes longer for as many.
    const isOver = (): boolean =>
      performance.now() - startedAt > DURATION_MS && calls > CALLERS * 2 && swaps.length > LEAST_SWAPS;
    const call = async (caller: number): Promise<void> => {
      for (let turn = 0; !isOver(); turn++) {
        const ms = (caller * 7 + turn * 31) % 160;
        await hotSwap
          .use(COMPONENT, { userId: `user-${caller}` }, (instance: Instance) => instance.work(ms))
          .then(
            (version) => {
              calls += 1;
              served.set(version, (served.get(version) ?? 0) + 1);
            },
            (error: unknown) => failures.push(error),
          );
      }
    };
    const swap = async (): Promise<void> => {
      for (let turn = 1; !isOver(); turn++) {
        const version = VERSIONS[turn % VERSIONS.length] ?? '1.0.0';
        swaps.push(hotSwap.swapTo(COMPONENT, version, { reason: 'the journey', actor: 'journey' }));
        await pause(Math.max(0, startedAt + turn * SWAP_EVERY_MS - performance.now()));
      }
    };
    await Promise.all([swap(), ...Array.from({ length: CALLERS }, (_, caller) => call(caller))]);
    await Promise.all(swaps);
    expect(failures).toEqual([]);
    expect(problems).toEqual([]);
    expect([...served.keys()].sort()).toEqual([...VERSIONS]);
    expect([...served.values()].reduce((sum, count) => sum + count, 0)).toBe(calls);

    const live = made.filter(({ disposals }) => disposals === 0);
    expect(live.map(({ version }) => version)).toEqual([hotSwap.versions(COMPONENT).find(({ isStable }) => isStable)?.version]);
    expect(made.length).toBeGreaterThan(VERSIONS.length);
    await sluice.close();
    expect(made.map(({ disposals }) => disposals)).toEqual(made.map(() => 1));
    expect(problems).toEqual([]);
  },
  DURATION_MS + 60_000,
);
