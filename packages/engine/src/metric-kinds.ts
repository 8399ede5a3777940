/** Remembers of each test's metrics whether they are recorded by the user or value by value, because the ledger takes only one kind. */
import type { Experiment, MetricTotals, SubjectTotals } from '@sluice/core';
import type { View } from './view.ts';

type Kind = MetricTotals['unit'];

/** Names of metrics of one test: each is compared at every look, and a name made of an id would never end. */
const MOST_METRICS = 100;

export class MetricKinds {
  readonly #kinds = new Map<string, Map<string, Kind>>();

  /** Whether a value of this kind will be taken, as far as this process knows; the first one decides. */
  agree(testId: string, metric: string, kind: Kind): boolean {
    const known = this.#of(testId);
    const first = known.get(metric);
    if (first === undefined) known.set(metric, kind);
    return first === undefined || first === kind;
  }

  /** Why a test has no room for one more metric than it declares, as words for after its place; null when it has. */
  roomProblem(testId: string, metric: string, { trackedMetrics }: Pick<Experiment, 'trackedMetrics'>): string | null {
    const known = this.#of(testId);
    if (known.size < MOST_METRICS || known.has(metric) || trackedMetrics.some(({ name }) => name === metric)) return null;
    return `the test has ${MOST_METRICS} metrics already; a metric is the name of what is measured, and those that the test is about are declared in trackedMetrics`;
  }

  /** What the store has goes before what this process saw first. */
  learn(testId: string, totals: SubjectTotals): void {
    const known = this.#of(testId);
    for (const [metric, { unit }] of Object.entries(totals.metrics)) known.set(metric, unit);
  }

  #of(testId: string): Map<string, Kind> {
    const known = this.#kinds.get(testId) ?? new Map<string, Kind>();
    this.#kinds.set(testId, known);
    return known;
  }
}

const KINDS = new WeakMap<View, MetricKinds>();

/** The one of a scope: what came over the network and what this process recorded are of one kind. */
export function metricKindsOf(view: View): MetricKinds {
  const found = KINDS.get(view) ?? new MetricKinds();
  KINDS.set(view, found);
  return found;
}
