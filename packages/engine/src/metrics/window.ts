/** How time is cut into slices, and how many of them are kept. */
import { SluiceError } from '@sluice/core';

/** Slices of one series cost memory; an hour at one second is the most. */
const MOST_SLICES = 3600;

export interface SliceRange {
  /** Indices of slices, both included; none when `first` is greater. */
  readonly first: number;
  readonly last: number;
}

export class SlidingWindow {
  readonly windowMs: number;
  readonly resolutionMs: number;
  /** One more than the window has, because its ends seldom fall on the ends of slices. */
  readonly sliceCount: number;

  /** @throws SluiceError `invalid` unless the resolution is positive and the window 1 to 3600 times as long */
  constructor(windowMs: number, resolutionMs: number) {
    const slices = windowMs / resolutionMs;
    if (!(resolutionMs > 0 && slices >= 1 && slices <= MOST_SLICES)) {
      const given = `windowMs ${windowMs} with resolutionMs ${resolutionMs}`;
      throw new SluiceError('invalid', `MetricsCollector: ${given}; the window must be 1 to ${MOST_SLICES} times the resolution`);
    }
    this.windowMs = windowMs;
    this.resolutionMs = resolutionMs;
    this.sliceCount = Math.ceil(slices) + 1;
  }

  /** Why a window of this length cannot be looked at; null when it can. An empty one can: it holds nothing. */
  problemOf(ms: number): string | null {
    if (ms <= this.windowMs) return null;
    return `a window of ${ms} ms is asked for, and at most ${this.windowMs} ms are kept: ask for less or raise windowMs`;
  }

  indexOf(at: number): number {
    return Math.floor(at / this.resolutionMs);
  }

  /** The slices that lie wholly after `from`: what happened before it never counts, at the price of less than one slice after it. */
  between(from: number, to: number): SliceRange {
    return { first: Math.ceil(from / this.resolutionMs), last: this.indexOf(to) };
  }

  /** The kept slices that lie wholly from `from` up to `to`, so that ranges one after the other share none. */
  within(from: number, to: number): SliceRange {
    return { first: Math.ceil(Math.max(from, to - this.windowMs) / this.resolutionMs), last: this.indexOf(to) - 1 };
  }

  /** How much of the time from `first` to `to` there was somebody watching, at least one slice. */
  spanOf({ first }: SliceRange, to: number, watchedSince: number): number {
    return Math.max(to - Math.max(first * this.resolutionMs, watchedSince), this.resolutionMs);
  }
}
