/** Coalesces what happened to units and arms since the last flush, so that a busy unit costs one delta. */
import {
  addValue,
  emptyMoments,
  type MetricDelta,
  type MetricRules,
  type Moments,
  type ObservationDelta,
  type UnitDelta,
} from '@sluice/core';

/** Values with a window are not put together over more than this: a window ends that exactly. */
const WINDOW_GRAIN_MS = 1000;

/** One value of one metric of one unit. `unit` is its hash in 16 hexadecimal digits. */
export interface UnitValue {
  readonly subject: string;
  readonly unit: string;
  readonly arm: string;
  readonly metric: string;
  readonly value: number;
  readonly rules: MetricRules;
  readonly at: number;
}

export interface UnitExposure extends Pick<UnitValue, 'subject' | 'unit' | 'arm' | 'at'> {
  /** What the unit is like, by dimension; null where that does not matter. */
  readonly dimensions: NonNullable<UnitDelta['dimensions']> | null;
}

interface PendingUnit {
  readonly subject: string;
  readonly unit: string;
  readonly arm: string;
  firstExposureAt: number | null;
  dimensions?: NonNullable<UnitDelta['dimensions']>;
  readonly metrics: Map<string, MetricDelta>;
}

interface PendingArm {
  readonly subject: string;
  readonly arm: string;
  readonly metrics: Map<string, Moments>;
}

export interface UnitBufferOptions {
  /** Values of different instants stay apart, where it is not known which of them were met before the exposure. */
  readonly keepsInstants?: boolean;
}

/**
 * Before and after an exposure is by the millisecond, of which the order within is not kept: a value of the exposure's own millisecond counts as after it, whichever
 * was told first, unless it is a covariate.
 */
export class UnitBuffer {
  readonly #keepsInstants: boolean;
  readonly #units = new Map<string, PendingUnit>();
  readonly #arms = new Map<string, PendingArm>();
  /** What nothing more is put to, so that one flush does not blur the order: values from before an exposure, or of an earlier second. */
  readonly #sealed: PendingUnit[] = [];

  constructor({ keepsInstants = false }: UnitBufferOptions = {}) {
    this.#keepsInstants = keepsInstants;
  }

  get size(): number {
    return this.#units.size + this.#arms.size + this.#sealed.length;
  }

  expose({ subject, unit, arm, at, dimensions }: UnitExposure): void {
    let pending = this.#unit(subject, unit, arm);
    if (pending.firstExposureAt !== null) return;
    if (pending.metrics.size > 0) {
      for (const [metric, values] of pending.metrics) pending.metrics.set(metric, toldBefore(values, at));
      this.#seal(pending);
      pending = this.#unit(subject, unit, arm);
    }
    pending.firstExposureAt = at;
    if (dimensions !== null) pending.dimensions = dimensions;
  }

  record({ subject, unit, arm, metric, value, rules, at }: UnitValue): void {
    let pending = this.#unit(subject, unit, arm);
    const apartMs = Math.abs(at - (pending.metrics.get(metric)?.from ?? at));
    if (this.#keepsInstants ? apartMs > 0 : rules.windowMs !== undefined && apartMs >= WINDOW_GRAIN_MS) {
      this.#seal(pending);
      pending = this.#unit(subject, unit, arm);
    }
    const before = pending.metrics.get(metric);
    const isTimed = rules.windowMs !== undefined || rules.covariate === true;
    pending.metrics.set(metric, {
      ...rules,
      count: (before?.count ?? 0) + 1,
      sum: (before?.sum ?? 0) + value,
      min: Math.min(before?.min ?? value, value),
      max: Math.max(before?.max ?? value, value),
      from: Math.min(before?.from ?? at, at),
      ...(isTimed ? { until: Math.max(before?.until ?? at, at) } : {}),
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

  #seal(pending: PendingUnit): void {
    this.#sealed.push(pending);
    this.#units.delete(unitKey(pending.subject, pending.unit, pending.arm));
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

/** A covariate that was told before the exposure is from before it, also within one millisecond. */
function toldBefore(values: MetricDelta, at: number): MetricDelta {
  if (values.covariate !== true) return values;
  return { ...values, from: Math.min(values.from, at - 1), until: Math.min(values.until ?? values.from, at - 1) };
}

function unitKey(subject: string, unit: string, arm: string): string {
  return `${unit}\0${arm}\0${subject}`;
}
