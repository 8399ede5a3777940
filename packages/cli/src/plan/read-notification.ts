/** A notification of a plan. Its URL may name variables of the environment: what they mean is not known here. */
import { parseWebhookSettings, SluiceError } from '@sluice/core';
import type { PlannedNotification } from './plan.ts';
import { NOTIFICATION } from './plan-words.ts';
import { type PlanIssue, placed, shown, translated } from './translated.ts';

const VARIABLE = /\$\{\w+\}/;

export function notificationIn(value: unknown, path: string, issues: PlanIssue[]): PlannedNotification | null {
  const { settings, issues: unknown } = translated(value, NOTIFICATION, path, 'a notification');
  issues.push(...unknown);
  const { key, ...rest } = settings;
  if (typeof key !== 'string' || key === '' || typeof rest.url !== 'string') {
    issues.push({ path, message: `needs a key and a url; it is ${shown(value)}` });
    return null;
  }
  const { url, ...known } = rest;
  try {
    parseWebhookSettings(key, VARIABLE.test(url) ? known : rest);
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    issues.push(...placed(error.issues, NOTIFICATION, path));
  }
  return { key, path, settings: rest };
}

export function notificationsTwice(notifications: readonly PlannedNotification[]): PlanIssue[] {
  const first = new Map<string, string>();
  return notifications.flatMap(({ key, path }): PlanIssue[] => {
    const earlier = first.get(key);
    first.set(key, earlier ?? path);
    const message = `is "${key}" again, which ${earlier} has; a notification stands in a plan once`;
    return earlier === undefined ? [] : [{ path: `${path}/key`, message }];
  });
}
