/** Users at work: real HTTP requests, many at a time, from thousands of users with real texts. What it sees is the truth of the demo. */
import { Agent, request } from 'node:http';
import type { LabelledText } from './corpus.ts';
import type { FindResponse } from './service.ts';
import { pause } from './waiting.ts';

export interface TrafficOptions {
  readonly port: number;
  readonly texts: readonly LabelledText[];
  readonly users: number;
  readonly concurrency: number;
  /** How long each waits after an answer, in milliseconds; not at all unless given. */
  readonly thinkingMs?: number;
}

/** What was answered since the last `take`. */
export interface Seen {
  readonly seconds: number;
  readonly answered: number;
  readonly failed: number;
  readonly byComponent: ReadonlyMap<string, number>;
}

interface Answer {
  readonly status: number;
  readonly body: Partial<FindResponse>;
}

export class Traffic {
  readonly #options: TrafficOptions;
  readonly #agent: Agent;
  /** Called with every answer. */
  onAnswer: (user: string, component: string, isOk: boolean) => void = () => {};
  #isRunning = false;
  #workers: Promise<void>[] = [];
  #random = 42;
  #since = performance.now();
  #byComponent = new Map<string, number>();
  #failed = 0;

  constructor(options: TrafficOptions) {
    this.#options = options;
    this.#agent = new Agent({ keepAlive: true, maxSockets: options.concurrency + 4 });
  }

  start(): void {
    this.#isRunning = true;
    this.#workers = Array.from({ length: this.#options.concurrency }, () => this.#work());
  }

  async stop(): Promise<void> {
    this.#isRunning = false;
    await Promise.all(this.#workers);
    this.#agent.destroy();
  }

  take(): Seen {
    const now = performance.now();
    const answered = [...this.#byComponent.values()].reduce((sum, count) => sum + count, 0);
    const seen = { seconds: (now - this.#since) / 1000, answered, failed: this.#failed, byComponent: this.#byComponent };
    this.#since = now;
    this.#byComponent = new Map();
    this.#failed = 0;
    return seen;
  }

  /** One request of this user. */
  async ask(user: string, text: LabelledText): Promise<Answer> {
    const body = JSON.stringify({ user, text: text.text, people: text.people });
    return new Promise((resolve, reject) => {
      const options = {
        port: this.#options.port,
        host: '127.0.0.1',
        method: 'POST',
        path: '/people',
        agent: this.#agent,
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      };
      const sent = request(options, (response) => {
        let answer = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          answer += chunk;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body: JSON.parse(answer) as Partial<FindResponse> }),
        );
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }

  async #work(): Promise<void> {
    const { texts, users, thinkingMs = 0 } = this.#options;
    while (this.#isRunning) {
      const user = `user-${this.#draw(users)}`;
      const text = texts[this.#draw(texts.length)];
      if (text === undefined) return;
      const { status, body } = await this.ask(user, text);
      const component = body.component ?? 'none';
      this.#byComponent.set(component, (this.#byComponent.get(component) ?? 0) + 1);
      if (status !== 200) this.#failed += 1;
      this.onAnswer(user, component, status === 200);
      if (thinkingMs > 0) await pause(thinkingMs);
    }
  }

  /** The same users and texts in every run. Numerical Recipes' generator. */
  #draw(below: number): number {
    this.#random = (Math.imul(this.#random, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.#random / 2 ** 32) * below);
  }
}

/** The part of the requests that this component answered, 0 to 100. */
export function shareOf(seen: Seen, component: string): number {
  return seen.answered === 0 ? 0 : (100 * (seen.byComponent.get(component) ?? 0)) / seen.answered;
}
