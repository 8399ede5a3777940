/** Coalesces what happened to units and arms since the last flush, so that a busy unit costs one delta. */
import {
  type Aggregation,
  addValue,
  emptyMoments,
  type MetricDelta,
  type Moments,
  type ObservationDelta,
  type UnitDelta,
} from '@sluice/core';

/** One value of one metric of one unit. `unit` is its hash in 16 hexadecimal digits. */
export interface UnitValue {
  readonly subject: string;
  readonly unit: string;
  readonly arm: string;
  readonly metric: string;
  readonly value: number;
  readonly aggregation: Aggregation;
  readonly cap?: number;
  readonly at: number;
}

interface PendingUnit {
  readonly subject: string;
  readonly unit: string;
  readonly arm: string;
  firstExposureAt: number | null;
  readonly metrics: Map<string, MetricDelta>;
}

interface PendingArm {
  readonly subject: string;
  readonly arm: string;
  readonly metrics: Map<string, Moments>;
}

export class UnitBuffer {
  readonly #units = new Map<string, PendingUnit>();
  readonly #arms = new Map<string, PendingArm>();
  /** Units whose values came before their exposure: kept apart, so that one flush does not blur the order. */
  readonly #sealed: PendingUnit[] = [];

  get size(): number {
    return this.#units.size + this.#arms.size + this.#sealed.length;
  }

  expose(subject: string, unit: string, arm: string, at: number): void {
    const pending = this.#unit(subject, unit, arm);
    if (pending.firstExposureAt !== null) return;
    if (pending.metrics.size === 0) {
      pending.firstExposureAt = at;
      return;
    }
    this.#sealed.push(pending);
    this.#units.delete(unitKey(subject, unit, arm));
    this.#unit(subject, unit, arm).firstExposureAt = at;
  }

  record(value: UnitValue): void {
    const { metrics } = this.#unit(value.subject, value.unit, value.arm);
    const before = metrics.get(value.metric);
    metrics.set(value.metric, {
      aggregation: value.aggregation,
      count: (before?.count ?? 0) + 1,
      sum: (before?.sum ?? 0) + value.value,
      min: Math.min(before?.min ?? value.value, value.value),
      max: Math.max(before?.max ?? value.value, value.value),
      from: Math.min(before?.from ?? value.at, value.at),
      ...(value.cap === undefined ? {} : { cap: value.cap }),
    });
  }

  observe(subject: string, arm: string, metric: string, value: number): void {
    const key = `${subject}\0${arm}`;
    const pending = this.#arms.get(key) ?? { subject, arm, metrics: new Map<string, Moments>() };
    this.#arms.set(key, pending);
    pending.metrics.set(metric, addValue(pending.metrics.get(metric) ?? emptyMoments(value), value));
  }

  drain(): { units: UnitDelta[]; observations: ObservationDelta[] } {
    const units = [...this.#sealed, ...this.#units.values()].map(
      (pending): UnitDelta => ({ ...pending, metrics: Object.fromEntries(pending.metrics) }),
    );
    const observations = [...this.#arms.values()].map(
      (pending): ObservationDelta => ({ ...pending, metrics: Object.fromEntries(pending.metrics) }),
    );
    this.#units.clear();
    this.#arms.clear();
    this.#sealed.length = 0;
    return { units, observations };
  }

  #unit(subject: string, unit: string, arm: string): PendingUnit {
    const key = unitKey(subject, unit, arm);
    const found = this.#units.get(key);
    if (found !== undefined) return found;
    const pending: PendingUnit = { subject, unit, arm, firstExposureAt: null, metrics: new Map() };
    this.#units.set(key, pending);
    return pending;
  }
}

function unitKey(subject: string, unit: string, arm: string): string {
  return `${unit}\0${arm}\0${subject}`;
}
