import { describe, expect, it } from 'vitest';
import { manualClock } from '../clock/manual-clock.ts';
import { disposeOf, loadWithin } from './loader.ts';

const request = () => {
  const clock = manualClock(0);
  const problems: unknown[] = [];
  return {
    clock,
    problems,
    name: 'component "c" version 1.0.0',
    deadlineMs: 1_000,
    onProblem: (error: unknown) => void problems.push(error),
  };
};

describe('loadWithin', () => {
  it('answers what the loader answers, at once or later, and rejects with what it throws, at once or later', async () => {
    expect(await loadWithin(() => 7, request())).toBe(7);
    expect(await loadWithin(async () => 8, request())).toBe(8);
    const broken = (): never => {
      throw new Error('no model file');
    };
    await expect(loadWithin(broken, request())).rejects.toThrow('no model file');
    await expect(loadWithin(async () => broken(), request())).rejects.toThrow('no model file');
  });

  it('gives a loader that hangs up at the deadline, and disposes of what it still answers', async () => {
    const load = request();
    let disposals = 0;
    let answer: (instance: object) => void = () => {};
    const loading = loadWithin(() => new Promise<object>((resolve) => (answer = resolve)), load);
    const failed = expect(loading).rejects.toMatchObject({
      code: 'unavailable',
      message: 'the loader of component "c" version 1.0.0 gave no instance within 1000 ms',
    });
    await load.clock.advance(1_000);
    await failed;
    answer({ dispose: () => (disposals += 1) });
    await new Promise((resolve) => setImmediate(resolve));
    expect([disposals, load.problems]).toEqual([1, []]);
  });
});

describe('disposeOf', () => {
  it('uses one way to let go, the standard ones first, and waits for it', async () => {
    const used: string[] = [];
    const all = {
      dispose: () => used.push('dispose'),
      [Symbol.dispose]: () => used.push('Symbol.dispose'),
      [Symbol.asyncDispose]: async () => {
        await new Promise((resolve) => setImmediate(resolve));
        used.push('Symbol.asyncDispose');
      },
    };
    await disposeOf(all);
    const { [Symbol.asyncDispose]: _, ...two } = all;
    await disposeOf(two);
    await disposeOf({ dispose: all.dispose });
    expect(used).toEqual(['Symbol.asyncDispose', 'Symbol.dispose', 'dispose']);
  });

  it('lets what has nothing to dispose of go as it is', async () => {
    for (const plain of [null, undefined, 7, 'text', {}, () => {}, { dispose: 'not a function' }])
      expect(await disposeOf(plain)).toBeUndefined();
  });
});
