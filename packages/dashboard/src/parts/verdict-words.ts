/** Verdicts as people read them. */
import type { RolloutStatus } from '../api/answers.ts';

type Verdict = RolloutStatus['verdicts'][number];

export const VERDICTS: Readonly<Record<Verdict['verdict'], { readonly color: string; readonly label: string }>> = {
  fail: { color: 'red', label: 'harm' },
  error: { color: 'orange', label: 'could not be measured' },
  inconclusive: { color: 'yellow', label: 'inconclusive' },
  wait: { color: 'gray', label: 'too little yet' },
  pass: { color: 'teal', label: 'safe so far' },
};
