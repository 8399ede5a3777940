/**
 * How long requests took, by route, method and status, for Prometheus. It is counted for every request: whoever knows the series counts without looking it up
 * by its labels.
 */
import type { Metric, Registry } from 'prom-client';

const NAME = 'sluice_http_request_duration_seconds';
/** Upper bounds in seconds, each included. */
const BOUNDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5];

interface Sample {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/** Of one route, method and status. */
export class DurationSeries {
  readonly #labels: Readonly<Record<string, string>>;
  /** By bound, and beyond the last. */
  readonly #counts = new Array<number>(BOUNDS.length + 1).fill(0);
  #sum = 0;

  constructor(labels: Readonly<Record<string, string>>) {
    this.#labels = labels;
  }

  observe(seconds: number): void {
    let place = 0;
    while (place < BOUNDS.length && seconds > (BOUNDS[place] as number)) place++;
    (this.#counts[place] as number)++;
    this.#sum += seconds;
  }

  /** As the text format has them: each bucket holds what is in those below it. */
  *samples(): Generator<Sample> {
    let count = 0;
    for (const [place, le] of [...BOUNDS, '+Inf'].entries()) {
      count += this.#counts[place] as number;
      yield { metricName: `${NAME}_bucket`, labels: { le, ...this.#labels }, value: count };
    }
    yield { metricName: `${NAME}_sum`, labels: this.#labels, value: this.#sum };
    yield { metricName: `${NAME}_count`, labels: this.#labels, value: count };
  }
}

export class RequestDurations {
  readonly name = NAME;
  readonly help = 'How long requests took, by route and status';
  readonly #series = new Map<string, DurationSeries>();

  constructor(registry: Registry) {
    // All that a registry asks of a metric is its name, and what it answers to `get`.
    registry.registerMetric(this as unknown as Metric);
  }

  /** The one series of these. */
  of(route: string, method: string, status: number): DurationSeries {
    const id = `${route} ${method} ${status}`;
    const known = this.#series.get(id);
    if (known !== undefined) return known;
    const series = new DurationSeries({ route, method, status: String(status) });
    this.#series.set(id, series);
    return series;
  }

  async get(): Promise<object> {
    const values = [...this.#series.values()].flatMap((series) => [...series.samples()]);
    return { name: NAME, help: this.help, type: 'histogram', values, aggregator: 'sum' };
  }
}
