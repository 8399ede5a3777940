/** Waiting for something in the records to become true. */
import { SluiceError } from '@sluice/core';
import type { Runtime } from './runtime.ts';
import type { View } from './view.ts';

/** Resolves as soon as `isOver` holds for the view, at once if it does. @throws SluiceError `unavailable` when Sluice is closed before */
export function ends(runtime: Runtime, isOver: (view: View) => boolean): Promise<void> {
  if (isOver(runtime.view)) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const forget = runtime.onClose(() => {
      stop();
      reject(new SluiceError('unavailable', 'Sluice was closed before that came to its end; the next process goes on with it'));
    });
    const stop = runtime.observe(() => {
      if (!isOver(runtime.view)) return;
      stop();
      forget();
      resolve();
    });
  });
}
