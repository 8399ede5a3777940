import { expect, it } from 'vitest';
import { manualClock } from '../../clock/manual-clock.ts';
import { LastGoodKeeper } from './last-good-keeper.ts';

it('writes a state that takes long the less often, and the newest at the end', async () => {
  const clock = manualClock(0);
  const written: number[] = [];
  let seq = 0;
  const write = ({ seq: of }: { readonly seq: number }): Promise<void> =>
    new Promise((resolve) => {
      clock.schedule(clock.now() + 1_000, () => {
        written.push(of);
        resolve();
      });
    });
  const state = () => ({ at: clock.now(), seq, records: [] });
  const keeper = new LastGoodKeeper({ file: { write }, clock, state, onProblem: (error) => expect.unreachable(String(error)) });
  for (; seq < 200; seq++) {
    keeper.changed();
    await clock.advance(1_000);
  }
  expect(written.length).toBeGreaterThan(5);
  expect(written.length).toBeLessThan(12);
  keeper.changed();
  await clock.advance(30_000);
  expect(written.at(-1)).toBe(200);
});
