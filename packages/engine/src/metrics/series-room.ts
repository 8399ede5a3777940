/** Opens series while there is room for them, so that no label, however many values it takes, costs memory without bound. */
import { SluiceError } from '@sluice/core';
import { describeValue } from '../failure.ts';
import type { Logger } from '../logger.ts';
import { ERRORS, REQUESTS } from './error-rate.ts';
import { Series, type SeriesKey } from './series.ts';
import type { SeriesIndex } from './series-index.ts';

export class SeriesRoom {
  readonly #index: SeriesIndex;
  readonly #maxSeries: number;
  readonly #sliceCount: number;
  readonly #logger: Logger;
  #hasWarned = false;
  #sweptAt = Number.NEGATIVE_INFINITY;

  /** @throws SluiceError `invalid` unless `maxSeries` is a whole number from 2: requests come with their errors */
  constructor(index: SeriesIndex, maxSeries: number, sliceCount: number, logger: Logger) {
    if (!(Number.isInteger(maxSeries) && maxSeries >= 2)) {
      throw new SluiceError('invalid', `MetricsCollector: maxSeries is a whole number from 2, not ${describeValue(maxSeries)}`);
    }
    this.#index = index;
    this.#maxSeries = maxSeries;
    this.#sliceCount = sliceCount;
    this.#logger = logger;
  }

  /**
   * A series for a key that has none; null when there is no room, also after series without a sample in the window made theirs.
   * `now` is the present slice.
   *
   * Requests are opened together with their errors: were there room only for the requests, an error rate of 0 would be read from
   * errors that were never kept.
   */
  open(key: SeriesKey, now: number): Series | null {
    const opened = [new Series(key, this.#sliceCount)];
    if (key.kind === 'counter' && key.name === REQUESTS && !this.#find(key, ERRORS)) {
      opened.push(new Series({ ...key, name: ERRORS }, this.#sliceCount));
    }
    if (this.#index.size + opened.length > this.#maxSeries) this.#removeIdle(now);
    if (this.#index.size + opened.length > this.#maxSeries) {
      this.#warn(key);
      return null;
    }
    for (const series of opened) this.#index.add(series);
    return opened[0] ?? null;
  }

  /** At most once per slice, because a flood of new labels would sweep again and again for nothing. */
  #removeIdle(now: number): void {
    if (this.#sweptAt === now) return;
    this.#sweptAt = now;
    const isIdle = (series: Series | undefined): boolean => series === undefined || series.newestIndex <= now - this.#sliceCount;
    const idle = [...this.#index.all()].filter((series) => {
      const { kind, name } = series.key;
      return isIdle(series) && !(kind === 'counter' && name === ERRORS && !isIdle(this.#find(series.key, REQUESTS)));
    });
    for (const series of idle) this.#index.remove(series);
  }

  #find({ kind, flag, variant }: SeriesKey, name: string): Series | undefined {
    return this.#index.find(kind, name, flag, variant);
  }

  #warn(key: SeriesKey): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    const { label, values } = mostVariedLabel([key, ...[...this.#index.all()].map((series) => series.key)]);
    this.#logger.warn(
      `MetricsCollector: all ${this.#maxSeries} series are taken, so "${key.name}" of flag ${describeValue(key.flag)}, variant ` +
        `${describeValue(key.variant)} and other new ones are dropped. The ${label} has ${values} different values: give it few, ` +
        'fixed ones (whose sample it is belongs in "unit", which opens no series), or raise maxSeries',
      { metric: key.name, flag: key.flag, variant: key.variant, label, values },
    );
  }
}

/** Which part of the keys takes the most different values, and how many; the variant when equal, then the flag. */
function mostVariedLabel(keys: readonly SeriesKey[]): { readonly label: 'variant' | 'flag' | 'name'; readonly values: number } {
  const labels = (['variant', 'flag', 'name'] as const).map((label) => ({
    label,
    values: new Set(keys.map((key) => key[label])).size,
  }));
  return labels.reduce((most, other) => (other.values > most.values ? other : most));
}
