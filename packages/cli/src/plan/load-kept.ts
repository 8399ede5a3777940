/** What is kept on the server or in the file that a plan is to be applied to. */
import { SluiceError } from '@sluice/core';
import type { Session } from '../session.ts';
import { type KeptNotification, type KeptState, keptIn } from './kept-state.ts';
import type { Plan } from './plan.ts';

export async function loadKept(session: Session, plan: Plan): Promise<KeptState> {
  const document = await session.call('transfer.export', session.scope);
  const asksForNotifications = plan.notifications.length > 0 && !session.isOnFile;
  const notifications = asksForNotifications ? await notificationsOf(session) : null;
  return keptIn(document, session.scope, notifications, session.terminal.now());
}

/** Null for whoever may not read them. */
async function notificationsOf(session: Session): Promise<readonly KeptNotification[] | null> {
  try {
    return (await session.call('webhooks.list', { project: session.scope.project })).webhooks;
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'unauthorized') return null;
    throw error;
  }
}
