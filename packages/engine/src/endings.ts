/** Waiting for something in the records to become true. */
import type { Runtime } from './runtime.ts';
import type { View } from './view.ts';

/** Resolves as soon as `isOver` holds for the view, at once if it does. */
export function ends(runtime: Runtime, isOver: (view: View) => boolean): Promise<void> {
  if (isOver(runtime.view)) return Promise.resolve();
  return new Promise((resolve) => {
    const stop = runtime.observe(() => {
      if (!isOver(runtime.view)) return;
      stop();
      resolve();
    });
  });
}
