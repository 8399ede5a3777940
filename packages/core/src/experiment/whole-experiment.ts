/** Tests that were kept before they had all of today's fields. */
import type { Experiment } from './experiment.ts';

const DEFAULTS: Pick<
  Experiment,
  'layer' | 'slots' | 'dimensions' | 'method' | 'plannedUnits' | 'tags' | 'number' | 'startAt' | 'archivedAt'
> = {
  layer: null,
  slots: null,
  dimensions: [],
  method: 'sequence',
  plannedUnits: null,
  tags: [],
  number: 1,
  startAt: null,
  archivedAt: null,
};

/** The test with the defaults of what it lacks; the very same object when it lacks nothing. */
export function wholeExperiment(experiment: Experiment): Experiment {
  return Object.keys(DEFAULTS).every((field) => field in experiment) ? experiment : { ...DEFAULTS, ...experiment };
}
