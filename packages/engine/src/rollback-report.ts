/** Loads what a rollback's report needs to know. */

import {
  type DistinctCount,
  type LoggedEvent,
  mergeDistinct,
  type RollbackReport,
  type Rollout,
  rollbackMarkdown,
  rollbackReport,
  rollbackStrategyOf,
  rolledBackRollout,
  type Scope,
  SluiceError,
  type StageCounts,
} from '@sluice/core';
import { stageSubject } from './exposure-watches.ts';
import { describeValue } from './failure.ts';
import type { Runtime } from './runtime.ts';
import type { Store } from './store/store.ts';
import { unitsWithErrors } from './units-with-errors.ts';

/** A report with its text: a Markdown post-mortem whose facts are filled in. */
export interface WrittenReport extends RollbackReport {
  readonly markdown: string;
}

const LOG_PAGE = 1000;

/** @throws SluiceError `notFound` when no rollback has this place in the log, `invalid` for an id that is none */
export async function loadRollbackReport(runtime: Runtime, id: number): Promise<WrittenReport> {
  if (!Number.isInteger(id) || id < 1)
    throw new SluiceError(
      'invalid',
      `a rollback's id is a whole number from 1, as getRollbackHistory gives it; it is ${describeValue(id)}`,
    );
  await runtime.ready;
  await runtime.facts.flush();
  const { store, view } = runtime;
  const [rollback] = await store.log({ scope: view.scope, after: id - 1, limit: 1 });
  if (rollback?.seq !== id || rollbackStrategyOf(rollback) === null)
    throw new SluiceError(
      'notFound',
      `there is no rollback ${id}; getRollbackHistory lists those that there were, with their ids`,
    );
  const log = await wholeLog(store, view.scope, rollback.key);
  const rollout = rolledBackRollout(rollback, log);
  const stages = rollout === null ? [] : await stageCounts(store, rollout);
  const everExposed = await exposedUnits(store, view.scope, rollback.key, view.flag(rollback.key)?.offVariant);
  const report = rollbackReport({ rollback, log, stages, everExposed });
  return { ...report, markdown: rollbackMarkdown(report) };
}

async function wholeLog(store: Store, scope: Scope, key: string): Promise<LoggedEvent[]> {
  const log: LoggedEvent[] = [];
  for (;;) {
    const page = await store.log({ scope, key, after: log.at(-1)?.seq ?? 0, limit: LOG_PAGE });
    log.push(...page);
    if (page.length < LOG_PAGE) return log;
  }
}

function stageCounts(store: Store, rollout: Rollout): Promise<StageCounts[]> {
  const variant = rollout.plan.toVariant ?? rollout.before.onVariant;
  return Promise.all(
    rollout.plan.stages.map(async (_, stage): Promise<StageCounts> => {
      const subject = stageSubject(rollout, stage);
      const { distinct } = await store.readTally(rollout.scope, subject);
      const met = await unitsWithErrors(store, rollout, stage);
      return { stage, exposed: distinct.exposed ?? [], unitsWithError: met[variant] ?? null };
    }),
  );
}

async function exposedUnits(store: Store, scope: Scope, key: string, offVariant: string | undefined): Promise<DistinctCount> {
  const { distinct } = await store.readTally(scope, `flag/${key}`);
  const others = Object.entries(distinct).filter(([variant]) => variant !== offVariant);
  return others.reduce<DistinctCount>((sum, [, count]) => mergeDistinct(sum, count), []);
}
