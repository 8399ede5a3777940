/** Who wants to hear of what happens to a connection. */
import type { SluiceError } from '@sluice/core';
import type { StatusChange } from './connection-status.ts';

export interface ConnectionEvents {
  /** The status is another one. */
  readonly status: StatusChange;
  /** Flags that are, or may be, served otherwise than before; not told of the first definitions. In order of their names. */
  readonly change: { readonly flags: readonly string[] };
  /** Something went wrong that the connection gets over: a lost stream, a refused report, a state file that cannot be written. */
  readonly problem: SluiceError;
}

type Listener<Event> = (event: Event) => unknown;

/** A listener that fails disturbs nobody; its failure is told as a problem. */
export class ConnectionListeners {
  readonly #lists: { readonly [Type in keyof ConnectionEvents]: Set<Listener<ConnectionEvents[Type]>> } = {
    status: new Set(),
    change: new Set(),
    problem: new Set(),
  };

  /** Returns how to stop. */
  on<Type extends keyof ConnectionEvents>(type: Type, listener: Listener<ConnectionEvents[Type]>): () => void {
    const own: Listener<ConnectionEvents[Type]> = (event) => listener(event);
    const list: Set<Listener<ConnectionEvents[Type]>> = this.#lists[type];
    list.add(own);
    return () => list.delete(own);
  }

  emit<Type extends keyof ConnectionEvents>(type: Type, event: ConnectionEvents[Type]): void {
    const list: Set<Listener<ConnectionEvents[Type]>> = this.#lists[type];
    for (const listener of [...list]) {
      try {
        const result = listener(event);
        if (result instanceof Promise) result.catch((error: unknown) => this.#failed(type, error));
      } catch (error) {
        this.#failed(type, error);
      }
    }
    // A problem that nobody hears of would be a riddle in production.
    if (type === 'problem' && list.size === 0) console.warn(`sluice: ${(event as SluiceError).message}`);
  }

  #failed(type: keyof ConnectionEvents, error: unknown): void {
    console.warn(`sluice: a listener of "${type}" failed: ${error instanceof Error ? error.message : String(error)}`);
  }
}
