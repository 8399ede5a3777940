/** What speaks against a fixed bound, going by what is measured of what is served now: a harmless change breaks it too. */
import type { Criterion, Measurement } from '../analysis/criterion.ts';
import { chanceEverAbove, leastRequests } from './chance-above.ts';
import type { RolloutPlan, Stage } from './rollout.ts';

/** So many of the harmless changes that a bound takes back are no accident any more. */
const MOST_TAKEN_BACK = 0.05;
/** More requests in a window than these tell nothing new of how soon the bound is broken. */
const WINDOW_REQUESTS = 2000;
/** Nobody waits for more. */
const MOST_SAMPLES = 1000;

/** What is taken for the figure where nothing is measured. */
export interface AssumedFigure {
  readonly kind: 'assumed';
  readonly value: number;
}

/** What a criterion measures of what is served before the rollout; null where that is not known. */
export type PresentFigures = (criterion: Criterion) => Measurement | AssumedFigure | null;

export function boundWarnings({ stages }: RolloutPlan, present: PresentFigures): string[] {
  const criteria = new Map(stages.flatMap((stage) => stage.criteria).map((criterion) => [JSON.stringify(criterion), criterion]));
  return [...criteria.entries()].flatMap(([text, criterion]) => {
    const figure = present(criterion);
    const isKnown = figure?.kind === 'assumed' || (figure?.kind === 'value' && figure.samples >= criterion.minSamples);
    if (!isKnown || criterion.dryRun || !Number.isFinite(figure.value)) return [];
    const judged = stages.filter((stage) => stage.criteria.some((one) => JSON.stringify(one) === text));
    return boundWarning(criterion, figure, windowsIn(judged, criterion));
  });
}

/** How many windows follow one another while the criterion is judged: what one shows says nothing of the next. */
function windowsIn(stages: readonly Stage[], { windowMs }: Criterion): number {
  return stages.reduce((sum, { bakeMs }) => sum + Math.max(1, Math.ceil(bakeMs / windowMs)), 0);
}

type Figure = AssumedFigure | Extract<Measurement, { kind: 'value' }>;

function boundWarning({ name, metric, max, min, minSamples }: Criterion, figure: Figure, windows: number): string[] {
  const { value } = figure;
  const known =
    figure.kind === 'assumed'
      ? `criterion "${name}": if ${metric} is ${shown(value)}`
      : `criterion "${name}": ${metric} is ${shown(value)} over ${figure.samples} samples`;
  if ((max !== null && value > max) || (min !== null && value < min))
    return [`${known} without the change, which breaks its bound already; a change as good as that is rolled back`];
  if (metric !== 'errorRate' || max === null || value <= 0) return [];
  const takenBack = ofAll(chanceEverAbove(value, max, minSamples, WINDOW_REQUESTS), windows);
  if (takenBack <= MOST_TAKEN_BACK) return [];
  const harm = `${known} without the change, a change as good as that breaks max ${shown(max)} by chance in up to about ${inHundred(takenBack)} of 100 rollouts`;
  const looked = `(from ${minSamples} samples on, ${windows} ${windows === 1 ? 'window' : 'windows'})`;
  return [`${harm} ${looked}: ${remedy(value, max, windows)}compare it with the control (versusControl: 1.2)`];
}

function remedy(rate: number, max: number, windows: number): string {
  const each = 1 - (1 - MOST_TAKEN_BACK) ** (1 / windows);
  const least = leastRequests(rate, max, each, [MOST_SAMPLES, WINDOW_REQUESTS]);
  return least === null ? '' : `set minSamples to ${least} or more, for at most 5 of 100, if a window has so many, or `;
}

/** Of windows that are independent of one another. */
function ofAll(chance: number, windows: number): number {
  return -Math.expm1(windows * Math.log1p(-Math.min(chance, 1 - 1e-12)));
}

function inHundred(chance: number): string {
  return String(Math.min(99, Math.round(chance * 100)));
}

function shown(value: number): string {
  return String(Number(value.toPrecision(2)));
}
