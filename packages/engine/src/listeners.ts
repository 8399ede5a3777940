/** Who wants to hear of what happens: `sluice.on('rollout.rolledBack', …)`. */
import { describeFailure } from './failure.ts';
import { type Logger, neverThrowing } from './logger.ts';

/** A listener's result is not waited for. */
export type Listener<Event> = (event: Event) => unknown;

interface Subscription<Event> {
  readonly listener: Listener<Event>;
}

/** `Events` maps each type of event to what its listeners are given. */
export class Listeners<Events extends object> {
  readonly #logger: Logger;
  /** The lists are replaced, never changed, so that one being told is not disturbed by who comes and goes meanwhile. */
  readonly #subscriptions: { [Type in keyof Events]?: readonly Subscription<Events[Type]>[] } = Object.create(null);

  constructor(logger: Logger) {
    this.#logger = neverThrowing(logger);
  }

  /** Calls `listener` for every such event from now on; twice when subscribed twice. Returns how to stop. */
  on<Type extends keyof Events>(type: Type, listener: Listener<Events[Type]>): () => void {
    const subscription: Subscription<Events[Type]> = { listener };
    this.#subscriptions[type] = [...this.#of(type), subscription];
    return () => {
      const rest = this.#of(type).filter((other) => other !== subscription);
      if (rest.length > 0) this.#subscriptions[type] = rest;
      else delete this.#subscriptions[type];
    };
  }

  /** Whether anybody listens: on a hot path, an event that nobody hears need not be made. */
  has(type: keyof Events): boolean {
    return this.#subscriptions[type] !== undefined;
  }

  /**
   * Tells the listeners in the order they came. Never throws: a listener that throws, or whose promise rejects, is reported to the
   * logger and does not keep the event from the others.
   */
  emit<Type extends keyof Events>(type: Type, event: Events[Type]): void {
    for (const { listener } of this.#of(type)) {
      try {
        const result = listener(event);
        if (result instanceof Promise) result.catch((error: unknown) => this.#report(type, error));
      } catch (error) {
        this.#report(type, error);
      }
    }
  }

  #of<Type extends keyof Events>(type: Type): readonly Subscription<Events[Type]>[] {
    return this.#subscriptions[type] ?? [];
  }

  #report(type: keyof Events, error: unknown): void {
    this.#logger.error(`a listener of "${String(type)}" failed: ${describeFailure(error)}`, { error });
  }
}
