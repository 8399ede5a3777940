/** What a rollout's stage must respect, what was measured of it, and what that says. */
import type { ComparedFigures } from './ratio-band.ts';

/**
 * Worst first: `fail` is measured and bad, `error` is could not measure, `inconclusive` is measured long enough without
 * an answer, `wait` is too little so far.
 */
export const VERDICTS = ['fail', 'error', 'inconclusive', 'wait', 'pass'] as const;
export type VerdictName = (typeof VERDICTS)[number];
export type ErrorCause = 'badQuery' | 'provider' | 'noData';
/**
 * What a `fail` came from where it is not the value beyond its bound: all requests failed, the change was served and reports nothing, or it is worse
 * than what is served beside it.
 */
export const HARM_CAUSES = ['breakage', 'absence', 'comparison'] as const;
export type HarmCause = (typeof HARM_CAUSES)[number];

/**
 * A metric and the bound it must respect.
 *
 * `metric` is `errorRate`, `p50`, `p95`, `p99` (of the metric `latency`), or a function of a named metric:
 * `mean(accuracy)`, `p95(render_time)`, `rate(orders)` (per second).
 */
export interface Criterion {
  readonly name: string;
  readonly metric: string;
  /** Key of a registered metric source; `collector` is the process's own. */
  readonly source: string;
  /** Largest value that is still good. */
  readonly max: number | null;
  /** Smallest value that is still good. */
  readonly min: number | null;
  /** How many times the control's error rate, rate of slow units or mean the change may have; absent is no comparison. */
  readonly versusControl?: number;
  /** A comparison passes only once the change is shown to be no worse than tolerated. */
  readonly nonInferiority?: boolean;
  /** Of a comparison of a quantile: a unit that meets a value above is slow. */
  readonly slowerThan?: number;
  /** Fewer samples than this are `wait`. */
  readonly minSamples: number;
  /** Only the last this many milliseconds count, and never anything from before the stage. */
  readonly windowMs: number;
  /** Silence longer than this is `error` with cause `noData`. */
  readonly staleAfterMs: number;
  /** Judged and shown, never obeyed. */
  readonly dryRun: boolean;
}

/** What a metric source answered for one criterion. `at` is the instant of the newest sample. */
export type Measurement =
  | { readonly kind: 'value'; readonly value: number; readonly samples: number; readonly at: number }
  | { readonly kind: 'noData'; readonly at: number | null }
  | { readonly kind: 'error'; readonly cause: ErrorCause; readonly message: string };

export interface Verdict {
  readonly criterion: string;
  readonly verdict: VerdictName;
  readonly cause: ErrorCause | HarmCause | null;
  /** A sentence with the numbers in it. */
  readonly message: string;
  readonly value: number | null;
  readonly samples: number;
  /** Where it was compared with the control: ln of the evidence that it is worse than tolerated. */
  readonly logE?: number;
  /** The same of the evidence that it is not, where that is asked for. */
  readonly logENotWorse?: number;
  /** What was compared: distinct units, or raw requests where units are not known. */
  readonly comparedBy?: 'units' | 'requests';
  /** The change against the control, with the band of their ratio. */
  readonly compared?: ComparedFigures;
  readonly dryRun: boolean;
  readonly at: number;
}
