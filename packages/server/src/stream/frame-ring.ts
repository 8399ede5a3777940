/** The recent past of one scope as it was sent, for clients that lost their connection for a moment. */
import type { StreamLimits } from './stream-limits.ts';

interface PastFrame {
  readonly seq: number;
  readonly frame: Buffer;
}

export class FrameRing {
  readonly #limits: Pick<StreamLimits, 'ringFrames' | 'ringBytes'>;
  #frames: PastFrame[] = [];
  #first = 0;
  #bytes = 0;
  /** Everything after this place is here. */
  #floor: number;

  constructor(limits: Pick<StreamLimits, 'ringFrames' | 'ringBytes'>, floor: number) {
    this.#limits = limits;
    this.#floor = floor;
  }

  /** Bytes held. */
  get bytes(): number {
    return this.#bytes;
  }

  add(seq: number, frame: Buffer): void {
    this.#frames.push({ seq, frame });
    this.#bytes += frame.length;
    while (this.#frames.length - this.#first > this.#limits.ringFrames || this.#bytes > this.#limits.ringBytes)
      this.#forgetFirst();
    if (this.#first < 1024 || 2 * this.#first < this.#frames.length) return;
    this.#frames = this.#frames.slice(this.#first);
    this.#first = 0;
  }

  #forgetFirst(): void {
    const oldest = this.#frames[this.#first];
    if (oldest === undefined) return;
    this.#floor = oldest.seq;
    this.#bytes -= oldest.frame.length;
    this.#frames[this.#first] = { seq: oldest.seq, frame: NOTHING };
    this.#first += 1;
  }

  /** What was sent after this place, in order; null when a part of it is forgotten. */
  since(seq: number): Buffer[] | null {
    if (seq < this.#floor) return null;
    let start = this.#frames.length;
    while (start > this.#first && (this.#frames[start - 1]?.seq ?? 0) > seq) start -= 1;
    return this.#frames.slice(start).map(({ frame }) => frame);
  }
}

const NOTHING = Buffer.alloc(0);
