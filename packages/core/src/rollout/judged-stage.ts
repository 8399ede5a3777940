/** What a stage came to, as the log keeps it: the record that follows a stage knows only the next one. */
import type { JsonObject } from '../json.ts';
import { currentStage, type Rollout } from './rollout.ts';

/** Of the stage that has the traffic: its index from 0, its percentage, the units that it served, and what judged it. Null when none has. */
export function judgedStage({ phase, plan, progress, verdicts }: Rollout): JsonObject | null {
  const stage = currentStage(phase);
  if (stage === null || progress === null) return null;
  const { exposures, validation } = progress;
  return {
    stage,
    percentage: plan.stages[stage]?.percentage ?? 0,
    exposures,
    validation: validation === null ? null : { outcome: validation.outcome, message: validation.message },
    verdicts: verdicts.map(({ compared, ...verdict }) =>
      compared === undefined ? verdict : { ...verdict, compared: { ...compared } },
    ),
  };
}
