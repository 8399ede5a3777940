/** Every series of a collector, found by name and labels without making a key. */
import type { Series, SeriesKind } from './series.ts';

/** The series to read; labels that are not given match all. */
export interface SeriesFilter {
  readonly flag?: string | undefined;
  readonly variant?: string | undefined;
}

type Label = string | undefined;
type ByVariant = Map<Label, Series>;
type ByFlag = Map<Label, ByVariant>;

export class SeriesIndex {
  readonly #byName: Readonly<Record<SeriesKind, Map<string, ByFlag>>> = { counter: new Map(), value: new Map() };
  #size = 0;

  get size(): number {
    return this.#size;
  }

  find(kind: SeriesKind, name: string, flag: Label, variant: Label): Series | undefined {
    return this.#byName[kind].get(name)?.get(flag)?.get(variant);
  }

  /** Adds a series whose key has none yet. */
  add(series: Series): void {
    const { kind, name, flag, variant } = series.key;
    const byFlag: ByFlag = this.#byName[kind].get(name) ?? new Map();
    const byVariant: ByVariant = byFlag.get(flag) ?? new Map();
    this.#byName[kind].set(name, byFlag.set(flag, byVariant.set(variant, series)));
    this.#size += 1;
  }

  remove({ key: { kind, name, flag, variant } }: Series): void {
    const byFlag = this.#byName[kind].get(name);
    const byVariant = byFlag?.get(flag);
    if (byVariant?.delete(variant)) this.#size -= 1;
    if (byVariant?.size === 0) byFlag?.delete(flag);
    if (byFlag?.size === 0) this.#byName[kind].delete(name);
  }

  matching(kind: SeriesKind, name: string, filter: SeriesFilter): readonly Series[] {
    return [...seriesOf(this.#byName[kind].get(name), filter)];
  }

  *all(): Generator<Series> {
    for (const byName of [this.#byName.counter, this.#byName.value]) {
      for (const byFlag of byName.values()) yield* seriesOf(byFlag, {});
    }
  }
}

function* seriesOf(byFlag: ByFlag | undefined, filter: SeriesFilter): Generator<Series> {
  for (const [flag, byVariant] of byFlag ?? []) {
    if (filter.flag !== undefined && flag !== filter.flag) continue;
    for (const [variant, series] of byVariant) {
      if (filter.variant === undefined || variant === filter.variant) yield series;
    }
  }
}
