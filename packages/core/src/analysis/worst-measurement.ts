/** One figure for several variants that are rolled out together: what is bad for some of them must not vanish among the others. */
import { totalBreakage } from './breakage.ts';
import type { Criterion, Measurement } from './criterion.ts';

type Value = Extract<Measurement, { kind: 'value' }>;

/**
 * The measurement that says the worst of the criterion; those without data count only where none has any. There is at least one.
 * `isWholeStage`: nothing of the stage is left out.
 */
export function worstMeasurement(criterion: Criterion, measurements: readonly Measurement[], isWholeStage = false): Measurement {
  const values = measurements.filter((measurement): measurement is Value => measurement.kind === 'value');
  const enough = values.filter(
    (value) => value.samples >= criterion.minSamples || totalBreakage(criterion, value, isWholeStage) !== null,
  );
  const harm = enough.filter((value) => excess(criterion, value) > 0).sort((a, b) => excess(criterion, b) - excess(criterion, a));
  const error = measurements.find((measurement) => measurement.kind === 'error');
  const broken = values.find(({ value }) => !Number.isFinite(value));
  const fewest = [...values].sort((a, b) => a.samples - b.samples);
  return harm[0] ?? error ?? broken ?? fewest[0] ?? silence(measurements);
}

/** By how much the bound is broken, over the bound's own size; 0 or less when it is kept. */
function excess({ max, min }: Criterion, { value }: Value): number {
  const above = max === null ? Number.NEGATIVE_INFINITY : (value - max) / Math.max(Math.abs(max), 1e-9);
  const below = min === null ? Number.NEGATIVE_INFINITY : (min - value) / Math.max(Math.abs(min), 1e-9);
  return Math.max(above, below);
}

function silence(measurements: readonly Measurement[]): Measurement {
  const heard = measurements.flatMap((measurement) =>
    measurement.kind === 'noData' && measurement.at !== null ? [measurement.at] : [],
  );
  return { kind: 'noData', at: heard.length === 0 ? null : Math.max(...heard) };
}
