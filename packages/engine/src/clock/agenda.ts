/** What is to be run and when, in the order in which it becomes due. */
export interface AgendaEntry {
  readonly at: number;
  readonly task: () => void | Promise<void>;
}

export class Agenda {
  /** Ascending by `at`; equal instants in the order they were added. */
  readonly #entries: AgendaEntry[] = [];

  /** Returns how to take it off again, which does nothing once it was taken. */
  add(at: number, task: () => void | Promise<void>): () => void {
    const entry: AgendaEntry = { at, task };
    const later = this.#entries.findIndex((other) => other.at > at);
    this.#entries.splice(later === -1 ? this.#entries.length : later, 0, entry);
    return () => {
      const index = this.#entries.indexOf(entry);
      if (index !== -1) this.#entries.splice(index, 1);
    };
  }

  /** Takes the first entry that is due at `until` or before; null when none is. */
  takeDue(until: number): AgendaEntry | null {
    const first = this.#entries[0];
    if (first === undefined || first.at > until) return null;
    this.#entries.shift();
    return first;
  }
}
