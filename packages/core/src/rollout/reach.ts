/** Whether the groups of a ring were who they were expected to be. */
import type { Stage, StageProgress } from './rollout.ts';

/** A ring that reaches more than so many times what it is called is another ring than the one that was planned. */
const MOST_TIMES = 3;
/** Of so few units a share says nothing. */
const LEAST_SEEN = 100;

/**
 * Of a stage whose groups alone decide who is in: that it reached nobody, or over three times its share of the units that asked.
 * Members are counted apart from the units that a share lets in besides them, which had the change before.
 */
export function reachWarnings(stage: Stage, { exposures, seen }: Pick<StageProgress, 'exposures' | 'seen'>): string[] {
  if (stage.share !== null) return [];
  const groups = stage.groups.join(', ');
  if (exposures === 0) return [`the stage at ${stage.percentage} % reached nobody: no unit served was in ${groups}`];
  const reached = (100 * exposures) / seen;
  const isTooMany = stage.percentage > 0 && seen >= LEAST_SEEN && reached > MOST_TIMES * stage.percentage;
  if (!isTooMany) return [];
  return [
    `the stage at ${stage.percentage} % reached ${Math.round(reached)} %: ${exposures} of ${seen} units served were in ${groups}`,
  ];
}
