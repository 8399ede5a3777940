/** How an instance of a version comes to be and is let go: user code, run so that it can neither hang nor be forgotten. */
import { SluiceError } from '@sluice/core';
import type { Clock } from '../clock/clock.ts';

/** Makes the instance of one version. Called once for as long as the instance lives. */
export type VersionLoader<Instance = unknown> = () => Instance | PromiseLike<Instance>;

export interface LoadRequest {
  /** The component and version, for messages. */
  readonly name: string;
  readonly deadlineMs: number;
  readonly clock: Clock;
  /** Hears of an instance that came after the deadline and could not be let go. */
  readonly onProblem: (error: unknown) => void;
}

/** Rejects when the loader fails or has not answered by the deadline; what it still answers then is disposed of. */
export function loadWithin(load: VersionLoader, request: LoadRequest): Promise<unknown> {
  const { name, deadlineMs, clock, onProblem } = request;
  return new Promise((resolve, reject) => {
    let isLate = false;
    const cancel = clock.schedule(
      clock.now() + deadlineMs,
      () => {
        isLate = true;
        reject(new SluiceError('unavailable', `the loader of ${name} gave no instance within ${deadlineMs} ms`));
      },
      { keepAlive: true },
    );
    // Inside a promise, so that a loader that throws at once is a rejection too.
    new Promise((answer) => answer(load())).then(
      (instance) => {
        cancel();
        if (isLate) disposeOf(instance).catch(onProblem);
        else resolve(instance);
      },
      (error: unknown) => {
        cancel();
        reject(error);
      },
    );
  });
}

/** Lets an instance go by its `Symbol.asyncDispose`, else its `Symbol.dispose`, else its `dispose()`; what has none of them needs none. */
export async function disposeOf(instance: unknown): Promise<void> {
  if ((typeof instance !== 'object' && typeof instance !== 'function') || instance === null) return;
  const disposable = instance as { readonly [name: PropertyKey]: unknown };
  const dispose = [Symbol.asyncDispose, Symbol.dispose, 'dispose']
    .map((name) => disposable[name])
    .find((candidate) => typeof candidate === 'function');
  if (typeof dispose === 'function') await dispose.call(instance);
}
