import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { WorkUnderWay } from './work-under-way.ts';

/** As on a busy machine: time passes, and this process has none of it. */
function stand(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

it('waits for work that the process is kept from by others, however long that takes', async () => {
  const under = new WorkUnderWay();
  let isDone = false;
  under.add(
    (async () => {
      for (let turn = 0; turn < 30; turn++) {
        await nextTurn();
        stand(6);
      }
      isDone = true;
    })(),
  );
  await under.settle();
  expect(isDone).toBe(true);
});
