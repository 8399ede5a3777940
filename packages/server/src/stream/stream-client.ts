/**
 * One open stream. Writes as fast as the client reads; what waits meanwhile is bounded, and beyond the bound forgotten for one message
 * that makes up for all of it. Frames are shared by all clients and never copied.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';

export interface StreamClientOptions {
  readonly response: ServerResponse<IncomingMessage>;
  /** Whose token it is; ends with it. */
  readonly holder: string;
  readonly queueBytes: number;
  /** Milliseconds since 1970 at which it has to end. */
  readonly endsAt: number;
  readonly now: () => number;
}

/** Large frames are handed over in parts, so that one that is taken shows that the client lives, and little waits in the socket. */
const PIECE_BYTES = 48 * 1024;

export class StreamClient {
  readonly holder: string;
  readonly endsAt: number;
  readonly #response: ServerResponse<IncomingMessage>;
  readonly #queueBytes: number;
  readonly #now: () => number;
  /** What makes up for everything that was dropped; asked when it can be sent. */
  #catchUp: () => readonly Buffer[] = () => [];
  /** Made up and not bounded, for it is the same for all who need it; goes before what waits. */
  #making: readonly Buffer[] = [];
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  /** The frame that is being handed over, and how much of it has been. */
  #frame: Buffer | null = null;
  #handedOver = 0;
  #isBehind = false;
  #blockedAt: number | null = null;
  #isEnded = false;

  constructor({ response, holder, queueBytes, endsAt, now }: StreamClientOptions) {
    this.holder = holder;
    this.endsAt = endsAt;
    this.#response = response;
    this.#queueBytes = queueBytes;
    this.#now = now;
    response.on('drain', () => this.#drained());
    response.on('error', () => this.destroy());
    response.once('close', () => {
      this.#isEnded = true;
      this.#forget();
    });
  }

  /** Bytes that wait for this client alone, in the queue and in the socket. */
  get pendingBytes(): number {
    return this.#waitingBytes + this.#response.writableLength;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Sends these first; `catchUp` makes up for what has to be dropped later. */
  begin(frames: readonly Buffer[], catchUp: () => readonly Buffer[]): void {
    this.#catchUp = catchUp;
    this.#making = frames;
    this.#pump();
  }

  /** True when it had to forget what waits: the client is sent what makes up for it as soon as it reads again. */
  send(frame: Buffer): boolean {
    // What makes up for the rest will make up for this too.
    if (this.#isEnded || this.#isBehind) return false;
    if (!this.#isIdle() && this.#waitingBytes + this.#socketBytes() + frame.length > this.#queueBytes) {
      this.#waiting = [];
      this.#waitingBytes = 0;
      this.#isBehind = true;
      return true;
    }
    this.#waiting.push(frame);
    this.#waitingBytes += frame.length;
    this.#pump();
    return false;
  }

  /** A sign of life, unless something is on its way anyhow. */
  beat(frame: Buffer): void {
    if (this.#isIdle()) this.send(frame);
  }

  /** The most that may wait in the socket when the next piece of a frame is handed over. */
  #socketBytes(): number {
    return Math.max(this.#response.writableLength, this.#response.writableHighWaterMark + PIECE_BYTES);
  }

  #isIdle(): boolean {
    return this.#blockedAt === null && this.#frame === null && this.#making.length === 0 && this.#waiting.length === 0;
  }

  /** Whether it has taken nothing for so long although something waits. */
  isStalled(now: number, stallMs: number): boolean {
    return this.#blockedAt !== null && now - this.#blockedAt >= stallMs;
  }

  #pump(): void {
    while (this.#blockedAt === null && !this.#isEnded) {
      this.#frame ??= this.#next();
      if (this.#frame === null) return;
      const piece = this.#frame.subarray(this.#handedOver, this.#handedOver + PIECE_BYTES);
      this.#handedOver += piece.length;
      if (this.#handedOver === this.#frame.length) {
        this.#frame = null;
        this.#handedOver = 0;
      }
      if (!this.#response.write(piece)) this.#blockedAt = this.#now();
    }
  }

  #next(): Buffer | null {
    const [made, ...making] = this.#making;
    if (made !== undefined) {
      this.#making = making;
      return made;
    }
    const waiting = this.#waiting.shift();
    if (waiting !== undefined) {
      this.#waitingBytes -= waiting.length;
      return waiting;
    }
    if (!this.#isBehind) return null;
    this.#isBehind = false;
    this.#making = this.#catchUp();
    return this.#next();
  }

  #drained(): void {
    this.#blockedAt = null;
    this.#pump();
  }

  /** Ends the stream in good order, or at once when the client takes nothing. */
  end(last: Buffer | null = null): void {
    if (this.#isEnded) return;
    if (!this.#isIdle()) {
      this.destroy();
      return;
    }
    this.#isEnded = true;
    this.#response.end(last ?? undefined);
  }

  destroy(): void {
    this.#isEnded = true;
    this.#forget();
    this.#response.destroy();
  }

  #forget(): void {
    this.#making = [];
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#frame = null;
  }
}
