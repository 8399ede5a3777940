/** The parts of a rollout as a document has them: stages with their criteria, verdicts, and what a flag served before. */
import { HARM_CAUSES, VERDICTS } from '../analysis/criterion.ts';
import { FLAG_STATUSES } from '../flag/flag.ts';
import { splitIssues } from '../flag/split-form.ts';
import { MAX_DURATION_MS } from '../rollout/duration.ts';
import {
  finite,
  fullText,
  instant,
  listOf,
  numberFrom,
  objectOf,
  oneOf,
  orNull,
  percentage,
  text,
  wholeFrom,
  yesOrNo,
} from './shape.ts';

const CRITERION = objectOf(
  {
    name: fullText,
    metric: fullText,
    source: fullText,
    max: orNull(finite),
    min: orNull(finite),
    minSamples: wholeFrom(0),
    windowMs: numberFrom(0),
    staleAfterMs: numberFrom(0),
    dryRun: yesOrNo,
  },
  { versusControl: numberFrom(0, 100), nonInferiority: yesOrNo, slowerThan: finite },
);
export const STAGE = objectOf({
  percentage,
  sharePercentage: orNull(percentage),
  groups: listOf(fullText),
  bakeMs: numberFrom(0, MAX_DURATION_MS),
  minExposures: wholeFrom(0),
  criteria: listOf(CRITERION),
  approval: oneOf(['auto', 'manual']),
  deadlineMs: numberFrom(0, 2 * MAX_DURATION_MS),
  notBefore: orNull(instant),
});
export const ALLOCATION = objectOf({
  status: oneOf(FLAG_STATUSES),
  rolloutPercentage: percentage,
  offVariant: fullText,
  onVariant: fullText,
  split: splitIssues,
  stageGroups: listOf(fullText),
});
const COMPARED = objectOf({
  of: oneOf(['events', 'rate', 'mean']),
  change: finite,
  control: finite,
  ratio: orNull(finite),
  lower: orNull(finite),
  upper: orNull(finite),
  tolerated: finite,
  neededLogE: finite,
});
export const VERDICT = objectOf(
  {
    criterion: fullText,
    verdict: oneOf(VERDICTS),
    cause: orNull(oneOf(['badQuery', 'provider', 'noData', ...HARM_CAUSES])),
    message: text,
    value: orNull(finite),
    samples: numberFrom(0),
    dryRun: yesOrNo,
    at: instant,
  },
  { logE: finite, logENotWorse: finite, comparedBy: oneOf(['units', 'requests']), compared: COMPARED },
);
