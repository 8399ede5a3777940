/** Criteria in one word, as they are typed: `errorRate<=0.05`, `mean(accuracy)>=0.9`, `errorRate<=1.2x` (the control's). */
import { type CriterionSettings, SluiceError } from '@sluice/core';

const FORM = /^\s*(.+?)\s*(<=|>=)\s*(\d+(?:\.\d+)?)\s*(x)?\s*$/;

/** Which metrics there are is core's to say. @throws SluiceError `invalid` */
export function criterionOf(text: string): CriterionSettings {
  const [, metric, bound, number, ratio] = FORM.exec(text) ?? [];
  if (metric === undefined || (ratio !== undefined && bound === '>=')) {
    const right = 'errorRate<=0.05, mean(accuracy)>=0.9, or errorRate<=1.2x for 1.2 times the control';
    throw new SluiceError('invalid', `--criterion must be as in ${right}; it is ${JSON.stringify(text)}`);
  }
  if (ratio !== undefined) return { metric, versusControl: Number(number) };
  return bound === '<=' ? { metric, max: Number(number) } : { metric, min: Number(number) };
}
