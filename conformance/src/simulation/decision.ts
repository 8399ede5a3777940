/** Tests as somebody uses them who looks at every chance and stops at the first p that pleases. */
import { confidenceSequence, isAnswer, normalTail, type SampleSummary, studentTTail } from '@sluice/core/statistics';

/** Whether the two samples are called different. */
export type Decision = (control: SampleSummary, treatment: SampleSummary) => boolean;

export const ALPHA = 0.05;

/** Welch's test with its p for one look. */
export const naiveT: Decision = (control, treatment) => {
  const [c, t] = [control.variance / control.n, treatment.variance / treatment.n];
  const z = Math.abs(treatment.mean - control.mean) / Math.sqrt(c + t);
  if (!(z > 1.95)) return false;
  const df = (c + t) ** 2 / (c ** 2 / (control.n - 1) + t ** 2 / (treatment.n - 1));
  return 2 * studentTTail(z, df) <= ALPHA;
};

/** The engine's confidence sequence; `plain` is the same without its guard against unequal splits. */
export function sequence(optimalN: number, kind: 'robust' | 'plain' = 'robust', alpha = ALPHA): Decision {
  return (control, treatment) => {
    const answer = confidenceSequence(control, treatment, { alpha, optimalN }, kind);
    return isAnswer(answer) && answer.p <= alpha;
  };
}

/** The pooled z-test for proportions, one-sided: the treatment is larger. */
export const naiveZ: Decision = (control, treatment) => {
  const both = (control.n * control.mean + treatment.n * treatment.mean) / (control.n + treatment.n);
  const error = Math.sqrt(both * (1 - both) * (1 / control.n + 1 / treatment.n));
  return error > 0 && normalTail((treatment.mean - control.mean) / error) <= ALPHA;
};
