/** What a plan would do, or did, for people. */
import { formatDuration } from '../duration.ts';
import { type Paint, plain } from '../paint.ts';
import type { Action, PlanStep } from '../plan/plan-step.ts';
import { table } from '../table.ts';
import type { Forecast } from './forecast-view.ts';

const MARKS: Readonly<Record<Action, string>> = {
  create: '+',
  update: '~',
  start: '▶',
  supersede: '▶',
  none: '=',
  left: '!',
  blocked: '!',
  refused: '✗',
};

export const NOTHING_NAMED = 'The plan names no segment, flag or notification.';

export function stepLines(steps: readonly PlanStep[], paint: Paint): string {
  return steps.flatMap((step) => [headOf(step, paint), ...step.changes.map((change) => `      ${changeOf(change)}`)]).join('\n');
}

function headOf({ kind, key, action, because }: PlanStep, paint: Paint): string {
  const colour = {
    create: paint.good,
    update: paint.odd,
    start: paint.good,
    supersede: paint.odd,
    none: paint.dim,
    left: paint.odd,
    blocked: paint.odd,
    refused: paint.bad,
  }[action];
  const why = because === null ? '' : `: ${plain(because)}`;
  return `${colour(`${MARKS[action]} ${kind} ${plain(key)}`)} ${action === 'none' ? paint.dim(`is so${why}`) : `${action}${why}`}`;
}

function changeOf({ field, from, to }: PlanStep['changes'][number]): string {
  return plain(`${field}: ${shortened(from)} → ${shortened(to)}`);
}

function shortened(value: unknown): string {
  const text = JSON.stringify(value) ?? 'none';
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

export function countLine(steps: readonly PlanStep[]): string {
  if (steps.length === 0) return NOTHING_NAMED;
  const count = (...actions: readonly Action[]): number => steps.filter(({ action }) => actions.includes(action)).length;
  const parts = [
    [count('create'), 'to create'],
    [count('update'), 'to change'],
    [count('start', 'supersede'), count('start', 'supersede') === 1 ? 'rollout to start' : 'rollouts to start'],
    [count('left', 'blocked'), 'left alone'],
    [count('refused'), 'refused'],
    [count('none'), 'as they should be'],
  ] as const;
  return parts
    .filter(([number]) => number > 0)
    .map(([number, what]) => `${number} ${what}`)
    .join(', ');
}

export function forecastTable(
  forecasts: readonly { readonly flag: string; readonly forecast: Forecast }[],
  paint: Paint,
): string {
  const part = (value: number): string => `${Number((value * 100).toFixed(1))} %`;
  const rows = forecasts.map(({ flag, forecast: { harmless, assumed } }) => [
    flag,
    part(harmless.completed),
    part(harmless.rolledBack),
    part(assumed.rolledBack),
    part(assumed.held + assumed.unfinished),
    assumed.detectionMs.p50 === null ? 'not in half' : formatDuration(assumed.detectionMs.p50),
    assumed.errorUnits.p50 ?? 'not in half',
  ]);
  return table(
    ['ROLLOUT OF', 'GOOD: DONE', 'TAKEN BACK', 'BAD: TAKEN BACK', 'STUCK', 'FOUND IN HALF AFTER', 'WITH ERRORS'],
    rows,
    paint,
  );
}
