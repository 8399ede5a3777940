/** A sample of pairs as CUPED and ratio metrics take it. */

/** Variances and the covariance with n − 1; n is at least 2. */
export interface PairedSummary {
  readonly n: number;
  readonly meanX: number;
  readonly meanY: number;
  readonly varianceX: number;
  readonly varianceY: number;
  readonly covariance: number;
}
