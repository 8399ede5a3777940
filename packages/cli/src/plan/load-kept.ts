/** What is kept on the server or in the file that a plan is to be applied to. */
import { SluiceError } from '@sluice/core';
import type { Session } from '../session.ts';
import { type KeptEdit, type KeptNotification, type KeptState, keptIn } from './kept-state.ts';
import type { Plan } from './plan.ts';

export async function loadKept(session: Session, plan: Plan): Promise<KeptState> {
  const document = await session.call('transfer.export', session.scope);
  const asksForNotifications = plan.notifications.length > 0 && !session.isOnFile;
  const notifications = asksForNotifications ? await notificationsOf(session) : null;
  const edits = await editsOf(session, plan);
  return keptIn(document, session.scope, { edits, notifications }, session.terminal.now());
}

/** As the server says it; false for whoever may not read it, whom the server refuses when it comes to that. A file is not protected. */
export async function isProtected(session: Session): Promise<boolean> {
  if (session.isOnFile) return false;
  const { project, environment } = session.scope;
  const found = await whereAllowed(session.call('projects.get', { project }));
  return found?.environments.some((one) => one.key === environment && one.isProtected) ?? false;
}

/** Asked only where the plan says something of scheduled edits: they are in no document. */
async function editsOf(session: Session, { flags }: Plan): Promise<ReadonlyMap<string, readonly KeptEdit[]>> {
  const byFlag = new Map<string, KeptEdit[]>();
  if (flags.every(({ schedule }) => schedule === null)) return byFlag;
  const { edits } = await session.call('flags.scheduled', session.scope);
  for (const { id, flag, at, settings, actor, reason } of edits)
    byFlag.set(flag, [...(byFlag.get(flag) ?? []), { id, at: Date.parse(at), settings, by: { actor, reason } }]);
  return byFlag;
}

/** Null for whoever may not read them. */
async function notificationsOf(session: Session): Promise<readonly KeptNotification[] | null> {
  return (await whereAllowed(session.call('webhooks.list', { project: session.scope.project })))?.webhooks ?? null;
}

/** Null for whoever may not read it. */
async function whereAllowed<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'unauthorized') return null;
    throw error;
  }
}
