/** What a page's user was served and did, until the server has it: batches of one context each, sent soon, and at once when the page is left. */
import type { EvaluationContext } from '@openfeature/web-sdk';

type Member = Readonly<Record<string, string | number>>;

interface Batch {
  readonly context: EvaluationContext;
  /** A batch that is sent again counts once by it; the server looks for it among those of the same unit and day. */
  readonly id: string;
  readonly exposures: Member[];
  readonly values: Member[];
  /** Absent before it is sent the first time: then it still takes members. */
  isUnderWay?: boolean;
}

/** Members of one list of a batch, and batches that wait; what comes beyond is dropped. */
const MAX_MEMBERS = 100;
const MAX_BATCHES = 20;
/** What was told is remembered; told again, it counts as one more evaluation, and as no more exposures. */
const MAX_SEEN = 5_000;
const FLUSH_MS = 1_000;
/** While the server is away. */
const MAX_PAUSE_MS = 60_000;

export class WebReports {
  /** Must outlive the page. */
  readonly #send: (body: string) => Promise<Response>;
  readonly #seen = new Set<string>();
  #batches: Batch[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pauseMs = FLUSH_MS;

  constructor(send: (body: string) => Promise<Response>) {
    this.#send = send;
  }

  /** Told once while the page is open, however often it is evaluated. */
  served(context: EvaluationContext, flag: string, variant: string, version: unknown): void {
    const id = JSON.stringify([context, flag, variant, version]);
    if (this.#seen.size >= MAX_SEEN) this.#seen.clear();
    if (!this.#seen.has(id) && this.#add(context, 'exposures', { flag, variant })) this.#seen.add(id);
  }

  tracked(context: EvaluationContext, metric: string, value: number): void {
    this.#add(context, 'values', { metric, value });
  }

  /** False where there is no room, or no unit that could be in a test. */
  #add(context: EvaluationContext, list: 'exposures' | 'values', member: Member): boolean {
    let batch = this.#batches.at(-1);
    if (!batch || batch.isUnderWay !== undefined || batch.context !== context || batch[list].length >= MAX_MEMBERS) {
      if (!context.targetingKey || this.#batches.length >= MAX_BATCHES) return false;
      batch = { context, id: `${Math.random()}`, exposures: [], values: [] };
      this.#batches.push(batch);
    }
    batch[list].push({ ...member, at: Date.now() });
    this.#later();
    return true;
  }

  #later(): void {
    this.#timer ??= setTimeout(() => this.flush(), this.#pauseMs);
  }

  /** Sends what waits. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const batch of this.#batches) if (!batch.isUnderWay) void this.#bring(batch);
  }

  async #bring(batch: Batch): Promise<void> {
    batch.isUnderWay = true;
    const { isUnderWay: _, ...told } = batch;
    try {
      const { status } = await this.#send(JSON.stringify({ ...told, sentAt: Date.now() }));
      // Whatever else is answered would be answered again.
      if (status < 500 && status !== 429) {
        this.#batches = this.#batches.filter((other) => other !== batch);
        this.#pauseMs = FLUSH_MS;
        return;
      }
    } catch {
      // The server is away: as good as an answer that says so.
    }
    batch.isUnderWay = false;
    this.#pauseMs = Math.min(MAX_PAUSE_MS, 2 * this.#pauseMs);
    this.#later();
  }
}
