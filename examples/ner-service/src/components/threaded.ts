/** A finder in a thread of its own: something that takes time to load, holds memory, and must not be stopped under a question. */
import { Worker } from 'node:worker_threads';
import type { ThreadAnswer } from './finder-thread.ts';

interface Waiting {
  resolve(people: string[]): void;
  reject(error: Error): void;
}

export class ThreadedFinder {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #onDisposed: () => void;
  #asked = 0;
  #hasEnded = false;

  private constructor(worker: Worker, onDisposed: () => void) {
    this.#worker = worker;
    this.#onDisposed = onDisposed;
    worker.on('message', (answer: ThreadAnswer) => this.#take(answer));
    worker.on('error', (error) => this.#failAll(error));
    worker.on('exit', () => this.#failAll(new Error('the thread has ended')));
  }

  /** Resolves when the thread has loaded its recogniser. `thread` is the compiled `finder-thread`. */
  static start(thread: URL, recogniser: 'compromise' | 'wink', onDisposed: () => void = () => {}): Promise<ThreadedFinder> {
    const worker = new Worker(thread, { workerData: recogniser });
    return new Promise((resolve, reject) => {
      worker.once('error', reject);
      worker.once('message', () => {
        worker.off('error', reject);
        resolve(new ThreadedFinder(worker, onDisposed));
      });
    });
  }

  /** Rejects when the recogniser throws, or the thread ends before it has answered. */
  find(text: string): Promise<string[]> {
    if (this.#hasEnded) return Promise.reject(new Error('the thread has ended'));
    const id = ++this.#asked;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, text });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#onDisposed();
    await this.#worker.terminate();
  }

  #take(answer: ThreadAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ('people' in answer) waiting?.resolve(answer.people);
    else waiting?.reject(new Error(answer.error));
  }

  #failAll(error: Error): void {
    this.#hasEnded = true;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
