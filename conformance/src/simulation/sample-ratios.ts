/** Units that fall into two arms: how often is a wrong ratio seen where there is none, and how soon where there is one? */
import { isAnswer, sampleRatioTest, sequentialSampleRatio } from '@sluice/core/statistics';
import { quantileOf, rateOf, type Stops } from './peeking.ts';
import { Random } from './random.ts';

const LAST = 100_000;
const EVERY = 100;

type Counts = readonly [control: number, treatment: number];
const chi2 =
  (level: number) =>
  (counts: Counts): boolean => {
    const test = sampleRatioTest(counts, [1, 1]);
    return isAnswer(test) && test.p < level;
  };
const sequential =
  (level: number, concentration: number) =>
  (counts: Counts): boolean => {
    const test = sequentialSampleRatio(counts, [1, 1], concentration);
    return isAnswer(test) && test.p < level;
  };

export const RATIO_TESTS: Readonly<Record<string, (counts: Counts) => boolean>> = {
  'chi-square, p < 0.05': chi2(0.05),
  'chi-square, p < 0.001': chi2(0.001),
  'sequential, p < 0.05': sequential(0.05, 1000),
  'sequential, p < 0.001': sequential(0.001, 1000),
  'sequential, p < 0.001, concentration 100': sequential(0.001, 100),
  'sequential, p < 0.001, concentration 10000': sequential(0.001, 10_000),
};

/** `treatmentPart` of the units get the treatment; half was configured. */
export function simulateRatio(treatmentPart: number, replicates: number, seed: string): Stops {
  const random = new Random(`${seed}/ratio ${treatmentPart}`);
  const stops = Object.fromEntries(Object.keys(RATIO_TESTS).map((name) => [name, [] as (number | null)[]]));
  for (let replicate = 0; replicate < replicates; replicate++) {
    let open = Object.entries(RATIO_TESTS);
    let treatment = 0;
    for (let total = EVERY; total <= LAST && open.length > 0; total += EVERY) {
      for (let unit = 0; unit < EVERY; unit++) treatment += Number(random.uniform() < treatmentPart);
      const counts: Counts = [total - treatment, treatment];
      open = open.filter(([name, isWrong]) => {
        if (!isWrong(counts)) return true;
        stops[name]?.push(total);
        return false;
      });
    }
    for (const [name] of open) stops[name]?.push(null);
  }
  return stops;
}

export interface MeasuredRatio {
  readonly test: string;
  readonly falseAlarms: number;
  /** Units by which half of the replicates had found 52/48. */
  readonly medianUnits: number | null;
}

export function measureRatios(replicates: number, seed: string): MeasuredRatio[] {
  const [right, wrong] = [simulateRatio(0.5, replicates, seed), simulateRatio(0.52, replicates, seed)];
  return Object.keys(RATIO_TESTS).map((test) => ({
    test,
    falseAlarms: rateOf(right[test] ?? []),
    medianUnits: quantileOf(wrong[test] ?? [], 0.5),
  }));
}
