/** A plan file off the disk, or every fault of it as one error with file, line and column. */
import { SluiceError } from '@sluice/core';
import type { Session } from '../session.ts';
import type { Plan } from './plan.ts';
import { readPlan } from './read-plan.ts';

export const PLAN_PATH = 'config/deployment/rollout_plan.yaml';
const MOST_TOLD = 50;

/** @throws SluiceError `invalid` with an issue for each fault, `notFound` */
export async function loadPlan(session: Session, path: string): Promise<Plan> {
  const read = readPlan(await session.read(path));
  if ('plan' in read) return read.plan;
  const lines = read.faults.map(
    ({ line, column, path: at, message }) => `${path}:${line}:${column}: ${`${at} ${message}`.trim()}`,
  );
  const more = lines.length > MOST_TOLD ? [`and ${lines.length - MOST_TOLD} more`] : [];
  const count = lines.length === 1 ? 'a fault' : `${lines.length} faults`;
  throw new SluiceError('invalid', [`the plan has ${count}`, ...lines.slice(0, MOST_TOLD), ...more].join('\n  '), {
    issues: read.faults,
  });
}

/** With what `${NAME}` in URLs of notifications means. @throws SluiceError `invalid` naming the variables that are not set */
export function withVariables(plan: Plan, variables: Readonly<Record<string, string | undefined>>): Plan {
  const missing = new Set<string>();
  const notifications = plan.notifications.map(({ key, settings }) => {
    const url = settings.url?.replace(/\$\{(\w+)\}/g, (_, name: string) => {
      const value = variables[name];
      if (value === undefined || value === '') missing.add(name);
      return value ?? '';
    });
    return { key, settings: { ...settings, ...(url === undefined ? {} : { url }) } };
  });
  if (missing.size === 0) return { ...plan, notifications };
  throw new SluiceError('invalid', `the plan's notifications need variables that are not set: ${[...missing].join(', ')}`);
}
