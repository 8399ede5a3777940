/** What of a browser's EventSource a provider needs, for Node: connects again by itself, gives up on an answer that is no stream. */
import { EventStreamDecoder } from '@sluice/protocol';
import type { RefetchSource } from './web-options.ts';

const [CONNECTING, OPEN, CLOSED] = [0, 1, 2];

export class NodeEventSource implements RefetchSource {
  onopen: RefetchSource['onopen'] = null;
  onerror: RefetchSource['onerror'] = null;
  onmessage: RefetchSource['onmessage'] = null;
  readyState = CONNECTING;
  readonly url: string;
  readonly #retryMs: number;
  readonly #controller = new AbortController();
  #lastEventId = '';

  /** `retryMs` stands in for what the server says, so that tests need not wait for seconds. */
  constructor(url: string, retryMs = 20) {
    this.url = url;
    this.#retryMs = retryMs;
    void this.#run();
  }

  close(): void {
    this.readyState = CLOSED;
    this.#controller.abort();
  }

  async #run(): Promise<void> {
    while (this.readyState !== CLOSED) {
      await this.#follow().catch(() => {});
      if (this.readyState === CLOSED) return;
      this.onerror?.(undefined as never);
      await new Promise((resolve) => setTimeout(resolve, this.#retryMs));
    }
  }

  async #follow(): Promise<void> {
    const headers = this.#lastEventId === '' ? {} : { 'last-event-id': this.#lastEventId };
    const response = await fetch(this.url, { headers, signal: this.#controller.signal });
    if (response.status !== 200 || response.body === null) {
      this.readyState = CLOSED;
      this.onerror?.(undefined as never);
      return;
    }
    this.readyState = OPEN;
    this.onopen?.(undefined as never);
    const decoder = new EventStreamDecoder();
    try {
      for await (const chunk of response.body) {
        for (const part of decoder.push(chunk)) {
          if (part.kind !== 'event') continue;
          if (part.id !== null) this.#lastEventId = part.id;
          this.onmessage?.({ data: part.data });
        }
      }
    } finally {
      if (this.readyState === OPEN) this.readyState = CONNECTING;
    }
  }
}
