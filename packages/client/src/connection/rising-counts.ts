/** How often each cause came, told the first time and then ever more rarely: a cause that comes each second must not fill a log. */

/** Causes that are told apart; when there are more, they begin anew. */
const MAX_CAUSES = 100;

export class RisingCounts {
  readonly #counts = new Map<string, number>();

  /** Those of the causes whose count has now come to 1, or passed 10, 100, …, each with its count. What differs in numbers alone is one cause. */
  add(causes: readonly string[]): [cause: string, count: number][] {
    const before = new Map<string, { readonly cause: string; readonly count: number }>();
    for (const cause of causes) {
      const kind = withoutNumbers(cause);
      if (!this.#counts.has(kind) && this.#counts.size >= MAX_CAUSES) this.#counts.clear();
      const count = this.#counts.get(kind) ?? 0;
      if (!before.has(kind)) before.set(kind, { cause, count });
      this.#counts.set(kind, count + 1);
    }
    return [...before].flatMap(([kind, { cause, count }]): [string, number][] => {
      const now = this.#counts.get(kind) ?? 0;
      return digits(now) > digits(count) ? [[cause, now]] : [];
    });
  }
}

/** "It is 61 s old" and "it is 62 s old" are one cause; names stand in quotation marks and stay. */
function withoutNumbers(cause: string): string {
  return cause.replace(/"(?:[^"\\]|\\.)*"|\d+/g, (found) => (found.startsWith('"') ? found : '#'));
}

function digits(count: number): number {
  return count === 0 ? 0 : String(count).length;
}
