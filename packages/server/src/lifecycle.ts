/** Starting and stopping: whether requests are to be sent here, and what has to end before the process does. */
export class Lifecycle {
  readonly #streams = new Set<() => void>();
  readonly #loadProblem: () => string | null;
  #isLoaded = false;
  #isClosing = false;

  /** `loadProblem` says why the records are not there yet. */
  constructor(loadProblem: () => string | null = () => null) {
    this.#loadProblem = loadProblem;
  }

  get isReady(): boolean {
    return this.#isLoaded && !this.#isClosing;
  }

  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** Why the records are not there yet, as far as it is known. */
  get problem(): string | null {
    return this.#isLoaded ? null : this.#loadProblem();
  }

  /** Whether the records are there. */
  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  loaded(): void {
    this.#isLoaded = true;
  }

  /** A stream that would outlive every request: `end` is called when the server closes. Returns how to forget it. */
  addStream(end: () => void): () => void {
    this.#streams.add(end);
    return () => this.#streams.delete(end);
  }

  endStreams(): void {
    this.#isClosing = true;
    for (const end of this.#streams) end();
    this.#streams.clear();
  }
}
