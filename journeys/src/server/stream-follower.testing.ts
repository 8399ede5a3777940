/** What an SDK does with a stream of definitions, and what an OFREP client does with one of refetch events, over a real connection. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Snapshot } from '@sluice/core';
import { EventStreamDecoder, followStream, messageOfPart, type StreamPart } from '@sluice/protocol';

/** Reads one stream until it is told to stop or the server ends it. */
export class StreamReader {
  readonly #stop = new AbortController();
  readonly #hear: (part: StreamPart) => void;
  /** Resolves when the stream is over: true when the server ended it in good order. */
  ended: Promise<boolean> = Promise.resolve(false);

  constructor(hear: (part: StreamPart) => void) {
    this.#hear = hear;
  }

  /** Resolves when the server has answered. */
  async open(url: string, headers: Readonly<Record<string, string>>): Promise<this> {
    const answer = await fetch(url, { headers: { accept: 'text/event-stream', ...headers }, signal: this.#stop.signal });
    if (answer.status !== 200 || answer.body === null) throw new Error(`the stream answers ${answer.status}`);
    this.ended = this.#read(answer.body).then(
      () => true,
      () => false,
    );
    return this;
  }

  async #read(body: AsyncIterable<Uint8Array>): Promise<void> {
    const decoder = new EventStreamDecoder();
    for await (const chunk of body) for (const part of decoder.push(chunk)) this.#hear(part);
  }

  /** As when the network is lost. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.ended;
  }
}

/** Follows the definitions over one server after another, each time from where it was. */
export class Follower {
  readonly #sdkSecret: string;
  readonly #watchers = new Set<() => void>();
  #reader: StreamReader | null = null;
  #problem: unknown = null;
  #url = '';
  #isOver = false;
  #heardAt = performance.now();
  snapshot: Snapshot | null = null;
  /** How often it was given everything anew. */
  snapshots = 0;
  /** The revisions of each flag that it was told of by deltas. */
  readonly heard = new Map<string, number[]>();
  /** The wait that the server asked for, in milliseconds. */
  retryMs: number | null = null;

  constructor(sdkSecret: string) {
    this.#sdkSecret = sdkSecret;
  }

  get ended(): Promise<boolean> {
    return this.#reader?.ended ?? Promise.resolve(false);
  }

  async connect(url: string): Promise<void> {
    await this.#reader?.close();
    const place = this.snapshot === null ? {} : { 'last-event-id': String(this.snapshot.seq) };
    const reader = new StreamReader((part) => this.#hear(part));
    [this.#url, this.#isOver] = [url, false];
    this.#reader = await reader.open(`${url}/api/v1/stream`, { authorization: `Bearer ${this.#sdkSecret}`, ...place });
    void reader.ended.then(() => {
      this.#isOver ||= this.#reader === reader;
    });
  }

  #hear(part: StreamPart): void {
    this.#heardAt = performance.now();
    if (part.kind === 'retry') this.retryMs = part.ms;
    try {
      const message = messageOfPart(part);
      if (message === null) return;
      if (message.type === 'snapshot') this.snapshots += 1;
      if (message.type === 'delta')
        for (const { key, revision } of message.delta.flags) this.heard.set(key, [...(this.heard.get(key) ?? []), revision]);
      this.snapshot = followStream(this.snapshot, message);
    } catch (error) {
      this.#problem ??= error;
    }
    for (const watcher of this.#watchers) watcher();
  }

  /** Resolves as soon as what it has is so. @throws what was wrong with the stream */
  until(isSo: (snapshot: Snapshot) => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const isThere = this.snapshot !== null && isSo(this.snapshot);
        if (!isThere && this.#problem === null) return;
        this.#watchers.delete(look);
        if (this.#problem === null) resolve();
        else reject(this.#problem);
      };
      this.#watchers.add(look);
      look();
    });
  }

  /** Resolves when it has been told of everything up to this place. @throws when it is not within this time: where the telling ended */
  async reaches(seq: number, withinMs: number): Promise<void> {
    const late = new AbortController();
    const waited = wait(withinMs, 'late' as const, { signal: late.signal });
    const reached = this.until((snapshot) => snapshot.seq >= seq);
    if ((await Promise.race([reached, waited])) === 'late') throw new Error(await this.#whereItEnded(seq));
    late.abort();
    waited.catch(() => {});
  }

  /** What the stream was told last, and what another one is told that begins at the same server now. */
  async #whereItEnded(seq: number): Promise<string> {
    const silentMs = Math.round(performance.now() - this.#heardAt);
    const own = `the stream of ${this.#url} is at ${this.snapshot?.seq}, not ${seq}; ${this.#isOver ? 'it has ended' : 'it is open'}, silent for ${silentMs} ms`;
    const fresh = new Follower(this.#sdkSecret);
    await fresh.connect(this.#url);
    await fresh.until(() => true);
    await fresh.close();
    return `${own}; the server itself is at ${fresh.snapshot?.seq}`;
  }

  async close(): Promise<void> {
    await this.#reader?.close();
  }
}
