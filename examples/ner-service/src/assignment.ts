/** The seam between the service and Sluice: one call before the work, a few after it. */

/** The flag whose variants are the components. */
export const FLAG = 'person_finder';
/** The test that, while it runs, decides instead. */
export const TEST = 'compromise_vs_wink';
/** Served when nothing else can be: the component that has always worked. */
export const STABLE = 'compromise';

export interface Assignment {
  readonly component: string;
  succeeded(latencyMs: number): void;
  failed(): void;
  measured(metric: string, value: number): void;
}

/** Which component answers this user. */
export type Assign = (userId: string) => Assignment;
