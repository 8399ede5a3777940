/** A sample while values are added to it (Welford 1962). */
import type { SampleSummary } from '@sluice/core/statistics';

export class Sample {
  n = 0;
  mean = 0;
  #m2 = 0;

  add(value: number): void {
    this.n += 1;
    const deviation = value - this.mean;
    this.mean += deviation / this.n;
    this.#m2 += deviation * (value - this.mean);
  }

  summary(): SampleSummary {
    return { n: this.n, mean: this.mean, variance: this.n < 2 ? 0 : this.#m2 / (this.n - 1) };
  }
}
