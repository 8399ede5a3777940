/** Does the steps of a plan, one commit each: what fails hinders no other, and the next apply does what is left. */
import { ERROR_CODES, SluiceError } from '@sluice/core';
import { z } from 'zod';
import type { Outcome } from '../command.ts';
import { type Exit, exitOf } from '../exit-code.ts';
import { ADVANCES_WHILE_OPEN, MADE_WHILE_OPEN } from '../file-remark.ts';
import { inCommands } from '../library-words.ts';
import type { Session } from '../session.ts';
import { changesSomething, type DoableStep, type PlanStep, type ScheduleStep, stepSchema, toldStep } from './plan-step.ts';

export const applied = z.object({
  path: z.string(),
  steps: z.array(stepSchema).describe('What was done, was so already, or was left'),
  failures: z.array(
    z.object({ kind: z.string(), key: z.string(), code: z.enum(ERROR_CODES), message: z.string() }).describe('What was not done'),
  ),
});
export interface Applied {
  readonly path: string;
  readonly steps: readonly PlanStep[];
  readonly failures: readonly z.infer<typeof applied>['failures'][number][];
}

export async function applySteps(
  session: Session,
  steps: readonly DoableStep[],
  { path, reason }: { readonly path: string; readonly reason: string },
): Promise<Outcome<Applied>> {
  const done: PlanStep[] = [];
  const failures: Applied['failures'][number][] = [];
  const failed = new Set<string>();
  for (const step of steps) {
    try {
      if (dependsOnFlag(step) && failed.has(step.key)) throw new SluiceError('refused', 'its flag could not be set');
      await perform(session, step, reason);
      done.push(toldStep(step));
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
      if (step.kind === 'flag') failed.add(step.key);
      failures.push({ kind: step.kind, key: step.key, code: error.code, message: inCommands(error.message) });
    }
  }
  const hasStarted = done.some(({ action }) => action === 'start' || action === 'supersede');
  const hasScheduled = done.some((step) => step.kind === 'schedule' && changesSomething(step));
  if (session.isOnFile && hasStarted) session.remark(ADVANCES_WHILE_OPEN);
  if (session.isOnFile && hasScheduled) session.remark(MADE_WHILE_OPEN);
  return { answer: { path, steps: done, failures }, exit: exitAfter(done, failures) };
}

function dependsOnFlag({ kind }: DoableStep): boolean {
  return kind === 'rollout' || kind === 'schedule';
}

async function perform(session: Session, step: DoableStep, reason: string): Promise<void> {
  const { scope } = session;
  if (step.kind === 'notification') {
    // Of a URL only the host is known before; the same settings again change nothing.
    if (step.action === 'left') return;
    await session.call('webhooks.set', { project: scope.project, key: step.key, settings: step.settings, reason });
    return;
  }
  if (!changesSomething(step)) return;
  if (step.kind === 'schedule') return performSchedule(session, step, reason);
  if (step.kind === 'segment') {
    const created = step.action === 'create' ? { ifRevision: 0 } : {};
    await session.call('segments.set', { ...scope, key: step.key, settings: step.settings as never, reason }, created);
  } else if (step.action === 'create')
    await session.call('flags.set', { ...scope, key: step.key, settings: step.settings as never, reason }, { ifRevision: 0 });
  else if (step.action === 'update')
    await session.call('flags.set', { ...scope, key: step.key, settings: step.settings as never, reason });
  else {
    const onConflict = step.action === 'supersede' ? 'supersede' : 'refuse';
    const { phase, error } = await session.call('rollouts.start', {
      ...scope,
      flag: step.key,
      settings: step.settings as never,
      onConflict,
      reason,
    });
    if (phase === 'failed') throw new SluiceError('refused', error ?? 'it failed its preflight');
  }
}

/** What is new first: an edit that is moved is never in neither place. */
async function performSchedule(session: Session, { key, added, cancelled }: ScheduleStep, reason: string): Promise<void> {
  const { scope } = session;
  for (const { at, settings } of added)
    await session.call('flags.schedule', { ...scope, key, at: new Date(at).toISOString(), settings: settings as never, reason });
  for (const { id } of cancelled) await session.call('flags.cancelScheduled', { ...scope, id, reason });
}

function exitAfter(done: readonly PlanStep[], [first]: Applied['failures']): Exit {
  if (first !== undefined) return exitOf(first.code);
  if (done.some(({ action }) => action === 'refused')) return 'refused';
  return done.some(({ action }) => action === 'blocked') ? 'conflict' : 'ok';
}
