/** One process of a history, from its start to its end. */
import { createSluice, type ManualClock, manualClock, type Sluice, type Store } from 'sluice';
import { CUT, type Ground } from './ground.testing.ts';

export interface Life {
  /** Its own: the timers of a process that is dead must not run on. */
  readonly clock: ManualClock;
  readonly store: Store;
  readonly sluice: Sluice;
}

/** What a scheduled edit is told with that came too late. */
const NOT_MADE = 'was not made';

/** `problem` hears of what goes wrong besides that the line to the store is cut. */
export function beginLife(ground: Ground, now: number, problem: (message: string) => void = () => {}): Life {
  const clock = manualClock(now);
  const store = ground.open(clock);
  const sluice = createSluice({ store, clock, breakGlass: { file: ground.breakGlassFile } });
  sluice.on('problem', ({ message }) => {
    if (!message.includes(CUT) && !message.includes(NOT_MADE)) problem(message);
  });
  return { clock, store, sluice };
}
