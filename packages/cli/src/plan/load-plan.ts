/** A plan file off the disk, or every fault of it as one error with file, line and column. */
import { SluiceError } from '@sluice/core';
import type { Session } from '../session.ts';
import type { Plan, PlannedFlag } from './plan.ts';
import { readPlan } from './read-plan.ts';
import type { Place } from './yaml-text.ts';

export const PLAN_PATH = 'config/deployment/rollout_plan.yaml';
const MOST_TOLD = 50;

export interface LoadedPlan {
  readonly plan: Plan;
  /** File, line and column of what says the share of a flag, or of an edit of it, and its pointer. */
  sharePlace(flag: Pick<PlannedFlag, 'path' | 'settings'>): string;
}

/** @throws SluiceError `invalid` with an issue for each fault, `notFound` */
export async function loadPlan(session: Session, path: string): Promise<LoadedPlan> {
  const read = readPlan(await session.read(path));
  if ('plan' in read) {
    const { plan, placeOf } = read;
    return { plan, sharePlace: (flag) => placedIn(path, sharePointer(flag), placeOf) };
  }
  const lines = read.faults.map(
    ({ line, column, path: at, message }) => `${path}:${line}:${column}: ${`${at} ${message}`.trim()}`,
  );
  const more = lines.length > MOST_TOLD ? [`and ${lines.length - MOST_TOLD} more`] : [];
  const count = lines.length === 1 ? 'a fault' : `${lines.length} faults`;
  throw new SluiceError('invalid', [`the plan has ${count}`, ...lines.slice(0, MOST_TOLD), ...more].join('\n  '), {
    issues: read.faults,
  });
}

function placedIn(file: string, pointer: string, placeOf: (pointer: string) => Place): string {
  const { line, column } = placeOf(pointer);
  return `${file}:${line}:${column}: ${pointer}`;
}

function sharePointer({ path, settings }: Pick<PlannedFlag, 'path' | 'settings'>): string {
  if (settings.rolloutPercentage !== undefined) return `${path}/rollout_percentage`;
  if (settings.status !== undefined) return `${path}/status`;
  return settings.enabled === undefined ? path : `${path}/enabled`;
}

/** With what `${NAME}` in URLs of notifications means. @throws SluiceError `invalid` naming the variables that are not set */
export function withVariables(plan: Plan, variables: Readonly<Record<string, string | undefined>>): Plan {
  const missing = new Set<string>();
  const notifications = plan.notifications.map(({ key, path, settings }) => {
    const url = settings.url?.replace(/\$\{(\w+)\}/g, (_, name: string) => {
      const value = variables[name];
      if (value === undefined || value === '') missing.add(name);
      return value ?? '';
    });
    return { key, path, settings: { ...settings, ...(url === undefined ? {} : { url }) } };
  });
  if (missing.size === 0) return { ...plan, notifications };
  throw new SluiceError('invalid', `the plan's notifications need variables that are not set: ${[...missing].join(', ')}`);
}
