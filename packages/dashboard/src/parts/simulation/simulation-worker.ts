/** Simulates beside the page, so that it stays quick. It is told one thing and ended when nobody waits for it any more. */
import { seededGenerator, simulateByReplicate } from '@sluice/core';
import type { Said, Simulated } from './simulated.ts';

self.addEventListener('message', ({ data }: MessageEvent<Simulated>) => {
  try {
    for (const said of simulate(data)) self.postMessage(said);
  } catch (error) {
    self.postMessage({ kind: 'failed', message: (error as Error).message } satisfies Said);
  }
});

function* simulate({ settings, assumptions, seed, replicates }: Simulated): Generator<Said> {
  const steps = simulateByReplicate(settings, assumptions, { seed, replicates, generator: seededGenerator });
  let step = steps.next();
  for (; step.done !== true; step = steps.next()) yield { kind: 'progress', done: step.value };
  yield { kind: 'forecast', forecast: step.value };
}
