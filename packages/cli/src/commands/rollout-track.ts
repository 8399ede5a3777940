/** How a rollout stands, drawn: its stages, what it waits for, what was found. */
import type { AnswerOf } from '@sluice/client';
import { formatDuration } from '../duration.ts';
import { inCommands } from '../library-words.ts';
import { type Paint, plain, when } from '../paint.ts';
import { table } from '../table.ts';

export type Status = AnswerOf<'rollouts.status'>;

export function track(status: Status, paint: Paint): string {
  const { bakeMs, bakeRemainingMs, waitingFor, exposures, verdicts, warnings, error, endedBecause } = status;
  const isOver = status.endedAt !== null;
  return [
    `${paint.bold(plain(status.flag))}  ${status.strategy} ${paint.dim(`#${status.number}`)}  ${phaseIn(paint, status)}`,
    stagesOf(status, paint),
    ...(bakeRemainingMs === null || isOver
      ? []
      : [`bake     ${formatDuration(bakeRemainingMs)} left of ${formatDuration(bakeMs ?? bakeRemainingMs)}`]),
    ...(waitingFor === null ? [] : [`waits    for ${plain(inCommands(waitingFor))}`]),
    ...(isOver ? [] : [`served   ${exposures} units`]),
    ...verdicts.map((verdict) => verdictLine(verdict, paint)),
    ...warnings.map((warning) => `${paint.odd('warning')}  ${plain(warning)}`),
    ...(error === null ? [] : [`${paint.bad('error')}    ${plain(error)}`]),
    ...(endedBecause === null ? [] : [`ended    ${plain(endedBecause)}`]),
  ].join('\n');
}

function phaseIn(paint: Paint, { phase }: Status): string {
  const text = phase.replaceAll('_', ' ');
  if (phase === 'completed') return paint.good(text);
  return ['failed', 'rolled_back', 'rolling_back'].includes(phase) ? paint.bad(text) : paint.odd(text);
}

function stagesOf({ stage, stagePercentages, phase, currentPercentage }: Status, paint: Paint): string {
  const drawn = stagePercentages.map((percentage, index) => {
    if (phase === 'completed' || (stage !== null && index < stage)) return paint.good(`● ${percentage}`);
    return index === stage ? paint.bold(`◉ ${percentage}`) : paint.dim(`○ ${percentage}`);
  });
  return `stages   ${drawn.join('  ')} %   ${paint.dim(`now ${currentPercentage} %`)}`;
}

function verdictLine({ criterion, verdict, message, logE, dryRun }: Status['verdicts'][number], paint: Paint): string {
  const colour = verdict === 'pass' ? paint.good : verdict === 'fail' ? paint.bad : paint.odd;
  const evidence = typeof logE === 'number' ? paint.dim(`  evidence ×${Math.exp(Math.min(logE, 700)).toPrecision(3)}`) : '';
  return `verdict  ${plain(criterion)} ${colour(verdict)}${dryRun ? ' (dry run)' : ''}: ${plain(message)}${evidence}`;
}

/** One line, for logs. */
export function trackLine(status: Status): string {
  const { flag, phase, stage, stagePercentages, currentPercentage, waitingFor, verdicts, error, endedBecause } = status;
  const where = stage === null ? '' : ` stage ${stage + 1} of ${stagePercentages.length}`;
  const found = verdicts.map(({ criterion, verdict }) => ` ${criterion}=${verdict}`).join('');
  const why = error ?? endedBecause ?? (waitingFor === null ? null : `waits for ${inCommands(waitingFor)}`);
  return plain(`${flag} ${phase}${where} ${currentPercentage} %${found}${why === null ? '' : `: ${why}`}`);
}

/** What of a status is worth a line of its own: not that a second went by. */
export function turningPoint({ number, phase, stage, verdicts, error, state }: Status): string {
  const found = verdicts.map(({ criterion, verdict }) => [criterion, verdict]);
  const reason = 'reason' in state ? state.reason : null;
  return JSON.stringify([number, phase, reason, stage, found, error]);
}

export function rolloutTable(rollouts: readonly Status[], paint: Paint): string {
  if (rollouts.length === 0) return 'There was no rollout yet. Start one: sluice rollout start <flag>';
  const rows = rollouts.map((status) => [
    status.flag,
    status.strategy,
    status.phase.replaceAll('_', ' '),
    `${status.currentPercentage} %`,
    status.stage === null ? '' : `${status.stage + 1}/${status.stagePercentages.length}`,
    when(status.startedAt),
    status.error ?? status.endedBecause ?? inCommands(status.waitingFor ?? ''),
  ]);
  return table(['FLAG', 'STRATEGY', 'PHASE', 'SHARE', 'STAGE', 'STARTED', 'WAITS FOR, OR WHY'], rows, paint);
}
