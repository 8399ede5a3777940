/** What speaks against a fixed bound, going by what is measured of what is served now: a harmless change breaks it too. */
import { rarityOf } from '../analysis/comparison.ts';
import type { Criterion, Measurement } from '../analysis/criterion.ts';
import { incompleteBeta } from '../statistics/incomplete-beta.ts';
import type { RolloutPlan } from './rollout.ts';

/** A rollout is looked at hundreds of times; more often than once in so many looks is soon. */
const SELDOM = 1000;

/** What a criterion measures of what is served before the rollout; null where that is not known. */
export type PresentFigures = (criterion: Criterion) => Measurement | null;

export function boundWarnings({ stages }: RolloutPlan, present: PresentFigures): string[] {
  const criteria = new Map(stages.flatMap((stage) => stage.criteria).map((criterion) => [JSON.stringify(criterion), criterion]));
  return [...criteria.values()].flatMap((criterion) => {
    const measured = present(criterion);
    return measured?.kind === 'value' && measured.samples >= criterion.minSamples ? boundWarning(criterion, measured) : [];
  });
}

function boundWarning(criterion: Criterion, { value, samples }: Extract<Measurement, { kind: 'value' }>): string[] {
  const { name, metric, max, min, minSamples, dryRun } = criterion;
  if (dryRun || !Number.isFinite(value)) return [];
  const figure = `criterion "${name}": ${metric} is ${shown(value)} over ${samples} samples without the change`;
  if ((max !== null && value > max) || (min !== null && value < min))
    return [`${figure}, which breaks its bound already; a change as good as that is rolled back`];
  const chance = metric === 'errorRate' && max !== null ? chanceAbove(max, value, minSamples) : 0;
  if (chance * SELDOM <= 1) return [];
  return [
    `${figure}; at that rate ${minSamples} requests of a harmless change break max ${shown(max ?? 0)} by chance ${rarityOf(Math.log(chance))}, and it is looked at all the time: compare it with the control (versusControl: 1.2), or raise minSamples`,
  ];
}

/** Of so many requests that fail at a rate p, more than max · n fail: the binomial tail as I_p(k, n − k + 1). */
function chanceAbove(max: number, rate: number, requests: number): number {
  const n = Math.ceil(requests);
  const least = Math.floor(max * n) + 1;
  return least > n || rate <= 0 ? 0 : incompleteBeta(rate, least, n - least + 1).lower;
}

function shown(value: number): string {
  return String(Number(value.toPrecision(2)));
}
