/** How a rollout stands, in three sentences: what is moving, whether it is safe, and what is to be done. */
import { worstVerdict } from '@sluice/core';
import type { RolloutStatus } from '../api/answers.ts';
import { duration } from './durations.ts';
import { waitsFor } from './waits-for.ts';

export type Safety = 'safe' | 'unknown' | 'harm' | 'completed' | 'ended';

export interface RolloutAnswer {
  readonly moving: string;
  readonly safe: string;
  readonly next: string;
  /** Which colour it has. */
  readonly safety: Safety;
  readonly needsPerson: boolean;
}

export function rolloutAnswer(rollout: RolloutStatus): RolloutAnswer {
  const person = askedOfPerson(rollout);
  return {
    moving: movingIn(rollout),
    ...safetyOf(rollout),
    next: person ?? nextOf(rollout),
    needsPerson: person !== null,
  };
}

function movingIn({ state, stage, stagePercentages, currentPercentage }: RolloutStatus): string {
  if (state.name === 'pending' || state.name === 'preflight') return 'It has not begun: nobody has the change by it.';
  if (state.name === 'completed') return `It is done: ${currentPercentage} % have the change.`;
  if (stage === null) return `It moves no more: ${currentPercentage} % have the change.`;
  const at = `stage ${stage + 1} of ${stagePercentages.length}`;
  if (state.name === 'rollingBack') return `It is being taken back: ${currentPercentage} % still have the change, ${at}.`;
  if (state.name === 'held') return `It stands still at ${currentPercentage} %, ${at}.`;
  return `${currentPercentage} % have the change, ${at}.`;
}

function safetyOf(rollout: RolloutStatus): Pick<RolloutAnswer, 'safe' | 'safety'> {
  const { state, verdicts, criteria } = rollout;
  if (state.name === 'rolledBack' && state.cause === 'harm') return { safe: 'It did harm, and was taken back.', safety: 'harm' };
  if (state.name === 'preflightFailed') return { safe: 'It did not pass its preflight.', safety: 'harm' };
  if (state.name === 'completed') return { safe: 'Nothing showed harm to the end.', safety: 'completed' };
  if (rollout.endedAt !== null) return { safe: 'It ended before it was judged to the end.', safety: 'ended' };
  if (state.name === 'rollingBack') return { safe: 'Going back is not judged.', safety: 'unknown' };
  if (criteria.length === 0) return { safe: 'Nothing measures it; a validator or a person decides.', safety: 'unknown' };
  const obeyed = verdicts.filter(({ dryRun }) => !dryRun);
  if (obeyed.length === 0)
    return { safe: 'Whether it is safe is not known yet: nothing was judged at this stage.', safety: 'unknown' };
  return SAFETY[worstVerdict(verdicts)];
}

const SAFETY: Readonly<Record<ReturnType<typeof worstVerdict>, Pick<RolloutAnswer, 'safe' | 'safety'>>> = {
  fail: { safe: 'Harm was measured.', safety: 'harm' },
  error: { safe: 'Whether it is safe cannot be told: something could not be measured.', safety: 'unknown' },
  inconclusive: { safe: 'Whether it is safe is not clear.', safety: 'unknown' },
  wait: { safe: 'Nothing shows harm, but too little was measured to say that it is safe.', safety: 'unknown' },
  pass: { safe: 'It is safe so far, by every criterion.', safety: 'safe' },
};

/** Null where it goes on by itself. */
function askedOfPerson({ state }: RolloutStatus): string | null {
  if (state.name === 'awaitingApproval') return 'Look at the figures below, then approve or reject.';
  if (state.name === 'pending' && state.approvalSince !== null) return 'Approve its start, or reject it.';
  if (state.name === 'held' && state.clearsWith === null) return `Resume it or take it back: ${state.message}.`;
  return null;
}

function nextOf(rollout: RolloutStatus): string {
  const { state, stagePercentages, bakeRemainingMs } = rollout;
  if (state.name === 'completed') return 'Nothing to do. It can still be rolled back.';
  if (state.name === 'rolledBack' && state.cause === 'harm') return 'Read the report of the rollback before it is tried again.';
  if (rollout.endedAt !== null) return 'Nothing to do. It can be started again from its flag.';
  if (state.name === 'rollingBack') return 'Nothing to do: it goes down by itself.';
  if (state.name !== 'baking' && state.name !== 'finalizing') return `Nothing to do: it waits for ${waitsFor(rollout)}.`;
  const left =
    bakeRemainingMs !== null && bakeRemainingMs > 0 ? `after ${duration(bakeRemainingMs)} more` : `after ${waitsFor(rollout)}`;
  const percentage = state.name === 'finalizing' ? undefined : stagePercentages[state.stage + 1];
  const opens = percentage === undefined ? `it completes ${left}` : `${percentage} % follow ${left}`;
  // Without a criterion no figure can take it back.
  return `Nothing to do: ${opens}${rollout.criteria.length === 0 ? '' : ', and harm takes it back'}.`;
}
