/** Both arms alike, looked at every 100 units and stopped at the first finding, where values are adjusted by a covariate or divided. */
import {
  addValue,
  createExperiment,
  DEFAULT_SCOPE,
  type Experiment,
  emptyMoments,
  emptyTotals,
  isRefusal,
  lookAtTest,
  parseTestSettings,
  type SubjectTotals,
} from '@sluice/core';
import { addPair, emptyCrossMoments } from '@sluice/core/statistics';
import { ALPHA } from './decision.ts';
import { Random } from './random.ts';

const UNITS = 10_000;
const EVERY = 100;
const MIN_UNITS = 100;
const CORRELATION = 0.7;

export interface CovariateCell {
  readonly name: string;
  /** The treatment's part. */
  readonly share: number;
  /** The part of the units whose covariate is known; null measures a ratio instead. */
  readonly known: number | null;
}

export const COVARIATE_CELLS: readonly CovariateCell[] = [
  { name: 'covariate of all, 50/50', share: 0.5, known: 1 },
  { name: 'covariate of half, 50/50', share: 0.5, known: 0.5 },
  { name: 'covariate of a tenth, 90/10', share: 0.1, known: 0.1 },
  { name: 'ratio, 50/50', share: 0.5, known: null },
  { name: 'ratio, 90/10', share: 0.1, known: null },
];

/** The part of the replicates that are ever called different. */
export function measureCovariates(cell: CovariateCell, replicates: number, seed: string): number {
  const random = new Random(`${seed}/${cell.name}`);
  const experiment = experimentOf(cell);
  let found = 0;
  for (let replicate = 0; replicate < replicates; replicate++) found += Number(isEverFound(cell, experiment, random));
  return found / replicates;
}

function experimentOf({ known }: CovariateCell): Experiment {
  const x = { name: 'x', aggregation: 'sum', role: 'secondary' } as const;
  const settings = parseTestSettings({
    testId: 't',
    controlComponent: 'a',
    treatmentComponent: 'b',
    trackedMetrics: known === null ? [{ name: 'm', per: 'x' }, x] : [{ name: 'm', covariate: true }],
  });
  const created = createExperiment(settings, DEFAULT_SCOPE, { actor: 'bench', reason: '' }, 0);
  const experiment = isRefusal(created) ? undefined : created.records.find((record) => record.kind === 'experiment');
  if (experiment === undefined) throw new Error('the test was refused');
  return experiment;
}

class Arm {
  exposed = 0;
  y = emptyMoments(0);
  x = emptyMoments(0);
  pairs = emptyCrossMoments(0, 0);

  /** Normal values with a normal covariate, or skewed counts of which the larger is divided by. */
  add({ known }: CovariateCell, random: Random): void {
    const [first, second] = [random.normal(), random.normal()];
    this.exposed += 1;
    if (known === null) {
      const below = Math.ceil(Math.exp(1 + first));
      const above = Math.exp(0.5 * second) * below;
      [this.y, this.x] = [addValue(this.y, above), addValue(this.x, below)];
      this.pairs = addPair(this.pairs, above, below);
      return;
    }
    const value = CORRELATION * first + Math.sqrt(1 - CORRELATION ** 2) * second;
    this.y = addValue(this.y, value);
    if (random.uniform() < known) this.pairs = addPair(this.pairs, first, value);
  }
}

function isEverFound(cell: CovariateCell, experiment: Experiment, random: Random): boolean {
  const [control, treatment] = [new Arm(), new Arm()];
  for (let unit = 1; unit <= UNITS; unit++) {
    (random.uniform() < cell.share ? treatment : control).add(cell, random);
    if (unit % EVERY !== 0 || Math.min(control.exposed, treatment.exposed) < MIN_UNITS) continue;
    const { m } = lookAtTest(experiment, totalsOf(cell, { control, treatment }), 0).results.metrics;
    if ((m?.pValueNow ?? 1) <= ALPHA) return true;
  }
  return false;
}

function totalsOf({ known }: CovariateCell, arms: Readonly<Record<string, Arm>>): SubjectTotals {
  const aggregation = known === null ? 'sum' : 'mean';
  const metric = { shift: 0, unit: 'user', foundRole: 'primary', aggregation } as const;
  const totals = Object.entries(arms).map(([name, { exposed, x, y, pairs }]) => {
    const metrics = known === null ? { m: y, x } : { m: y };
    return [name, { exposed, metrics, pairs: { m: pairs } }] as const;
  });
  return {
    ...emptyTotals(),
    arms: Object.fromEntries(totals),
    metrics: known === null ? { m: metric, x: metric } : { m: metric },
  };
}
