import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LeasedInstance } from './leased-instance.ts';

const never = (error: unknown): never => {
  throw error;
};
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Counts what is done to it. */
class Model {
  disposals = 0;
  dispose(): void {
    this.disposals += 1;
  }
}

describe('LeasedInstance', () => {
  it('is disposed of after the last lease and not before', async () => {
    const model = new Model();
    const instance = new LeasedInstance(Promise.resolve(model), never);
    await instance.loaded;
    instance.lease();
    instance.lease();
    const drained = instance.drain();
    instance.release();
    await turn();
    expect([model.disposals, instance.state]).toEqual([0, 'draining']);
    instance.release();
    expect(await drained).toBe(true);
    expect([model.disposals, instance.state]).toEqual([1, 'disposed']);
    expect(await instance.drain()).toBe(true);
    expect(model.disposals).toBe(1);
  });

  it('stays when it is leased again while it drains', async () => {
    const model = new Model();
    const instance = new LeasedInstance(Promise.resolve(model), never);
    await instance.loaded;
    instance.lease();
    const drained = instance.drain();
    instance.lease();
    expect(await drained).toBe(false);
    instance.release();
    instance.release();
    await turn();
    expect([model.disposals, instance.state]).toEqual([0, 'ready']);
  });

  it('waits for a load that is under way before it lets go', async () => {
    const model = new Model();
    let answer: (model: Model) => void = () => {};
    const loading = new Promise<Model>((resolve) => {
      answer = resolve;
    });
    const instance = new LeasedInstance(loading, never);
    const drained = instance.drain();
    await turn();
    expect(instance.state).toBe('draining');
    answer(model);
    expect(await drained).toBe(true);
    expect(model.disposals).toBe(1);
  });

  it('has nothing to dispose of when the load failed', async () => {
    const instance = new LeasedInstance(Promise.reject(new Error('no file')), never);
    await expect(instance.loaded).rejects.toThrow('no file');
    expect(instance.state).toBe('failed');
    expect(await instance.drain()).toBe(true);
  });

  it('tells of a disposal that fails, and is gone all the same', async () => {
    const problems: unknown[] = [];
    const broken = {
      dispose() {
        throw new Error('stuck');
      },
    };
    const instance = new LeasedInstance(Promise.resolve(broken), (error) => problems.push(error));
    await instance.loaded;
    expect(await instance.drain()).toBe(true);
    expect(problems).toMatchObject([{ message: 'stuck' }]);
    expect(instance.state).toBe('disposed');
  });

  it('is disposed of at most once and never under a lease, in any order of leases, releases and drains', async () => {
    const steps = fc.array(fc.constantFrom('lease', 'release', 'drain', 'turn'), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(steps, async (order) => {
        const model = new Model();
        const instance = new LeasedInstance(Promise.resolve(model), never);
        await instance.loaded;
        let held = 0;
        for (const step of order) {
          if (step === 'turn') await turn();
          if (step === 'drain') void instance.drain();
          if (step === 'lease' && !instance.isGone) {
            instance.lease();
            held += 1;
          }
          if (step === 'release' && held > 0) {
            held -= 1;
            instance.release();
          }
          expect(model.disposals).toBeLessThanOrEqual(1);
          if (held > 0) expect(model.disposals).toBe(0);
          expect(instance.leases).toBe(held);
        }
        for (; held > 0; held--) instance.release();
        expect(await instance.drain()).toBe(true);
        expect(model.disposals).toBe(1);
      }),
      { numRuns: 50 },
    );
  });
});
