/** What every commit of every history must respect, judged from records and events alone. */
import {
  allocationOf,
  currentStage,
  type Flag,
  isEnded,
  jsonEqual,
  type LoggedEvent,
  type RecordKind,
  type RecordOf,
  type Rollout,
  type SluiceRecord,
  servedShare,
} from '@sluice/core';
import type { Committed } from 'sluice';
import type { Evidence } from './evidence.testing.ts';
import type { WatchedTime } from './watched-time.testing.ts';

const MACHINE = 'sluice';
const OPENS = ['rollout.advanced', 'rollout.finalizing'];
const FALLS = ['rollout.rolledBack', 'rollout.steppedDown', 'experiment.stopped'];
const RISES = [...OPENS, 'rollout.completed', 'rollout.rolledBack'];

/** One commit with what was kept before it. */
interface Step {
  readonly committed: Committed;
  readonly byMachine: boolean;
  readonly now: number;
  has(types: readonly string[], key: string): boolean;
}

export class Broken extends Error {}

export class CommitLaws {
  readonly kept = new Map<string, SluiceRecord>();
  readonly events: LoggedEvent[] = [];
  /** Flags that were changed by more than a stage that was opened, since this was cleared. */
  readonly disturbed = new Set<string>();
  /** Flags whose kill was answered and not kept: it stands until the store has it. */
  readonly owed = new Set<string>();
  /** By flag, the place in the log of its last kill; by scheduled edit, that of its beginning. */
  readonly #killedAt = new Map<string, number>();
  readonly #scheduledAt = new Map<string, number>();
  readonly #replayed = new Map<string, SluiceRecord>();
  readonly #watched: WatchedTime;
  readonly #evidence: Evidence;
  readonly #now: () => number;

  constructor(watched: WatchedTime, evidence: Evidence, now: () => number) {
    [this.#watched, this.#evidence, this.#now] = [watched, evidence, now];
  }

  get<Kind extends RecordKind>(kind: Kind, key: string): RecordOf<Kind> | undefined {
    return this.kept.get(`${kind}/${key}`) as RecordOf<Kind> | undefined;
  }

  all<Kind extends RecordKind>(kind: Kind): RecordOf<Kind>[] {
    return [...this.kept.values()].filter((record): record is RecordOf<Kind> => record.kind === kind);
  }

  /** Whether another process told of it already. */
  knows({ events, records }: Committed): boolean {
    const isLogged = events.every((event) => jsonEqual(event, this.events[event.seq - 1] ?? null));
    return isLogged && records.every((record) => record.revision <= (this.kept.get(idOf(record))?.revision ?? 0));
  }

  take(committed: Committed): void {
    const { events, records } = committed;
    const step: Step = {
      committed,
      byMachine: events.every(({ actor }) => actor === MACHINE),
      now: this.#now(),
      has: (types, key) => events.some((event) => event.key === key && types.includes(event.type)),
    };
    this.#checkLog(step);
    this.#checkSchedules(step);
    for (const record of records) {
      const before = this.kept.get(idOf(record));
      demand(
        record.revision === (before?.revision ?? 0) + 1,
        `${idOf(record)} went from revision ${before?.revision} to ${record.revision}`,
      );
      if (record.kind === 'flag') this.#checkFlag(before as Flag | undefined, record, step);
      if (record.kind === 'rollout') this.#checkRollout(before as Rollout | undefined, record, step);
      this.#checkEvents(record, step);
    }
    for (const record of records) {
      this.kept.set(idOf(record), record);
      if (record.kind === 'rollout') this.#watched.note(record);
    }
    for (const key of new Set(records.map((record) => record.key))) this.#checkTogether(key, step);
  }

  #checkLog({ committed: { events, seq } }: Step): void {
    for (const event of events) {
      demand(event.seq === this.events.length + 1, `event ${event.seq} follows ${this.events.length}`);
      demand(event.actor !== '' && event.reason !== '', `${event.type} of ${event.key} has no actor or no reason`);
      this.events.push(event);
      this.#replayed.set(idOf(event.record), event.record);
    }
    demand(seq === this.events.length, `the commit says ${seq} and the log ends at ${this.events.length}`);
  }

  /** A scheduled edit comes to one end, once, and brings no flag back that was killed after it was scheduled. */
  #checkSchedules({ committed: { events, records } }: Step): void {
    for (const { type, key, detail, seq } of events) {
      if (type === 'flag.killed') this.#killedAt.set(key, seq);
      const id = String(detail.id);
      if (type === 'schedule.added') this.#scheduledAt.set(id, seq);
      if (!['schedule.applied', 'schedule.refused', 'schedule.cancelled'].includes(type)) continue;
      const addedAt = this.#scheduledAt.get(id);
      demand(addedAt !== undefined, `edit ${id} came to an end twice`);
      this.#scheduledAt.delete(id);
      const isBack = records.some((record) => record.kind === 'flag' && record.key === key && record.status !== 'disabled');
      const wasKilled = this.get('flag', key)?.status === 'disabled' && (this.#killedAt.get(key) ?? 0) > addedAt;
      demand(type !== 'schedule.applied' || !isBack || !wasKilled, `scheduled edit ${id} brought a killed flag back`);
    }
  }

  /** The log alone gives the state: what changed has an event with the record as it then was. */
  #checkEvents(record: SluiceRecord, { committed }: Step): void {
    const replayed = this.#replayed.get(idOf(record));
    demand(
      replayed !== undefined && jsonEqual(settled(replayed), settled(record)),
      `${idOf(record)} is not what the log says of it`,
    );
    const told = committed.events.filter((event) => idOf(event.record) === idOf(record));
    demand(told.length > 0 || record.kind === 'rollout', `${idOf(record)} changed without an event`);
  }

  #checkFlag(before: Flag | undefined, flag: Flag, step: Step): void {
    const { key } = flag;
    if (flag.status === 'disabled' || flag.archivedAt !== null) this.owed.delete(key);
    if (before === undefined) return;
    demand(before.archivedAt === null, `archived flag ${key} changed`);
    const [was, is] = [servedShare(before), servedShare(flag)];
    const wasKilled = before.status === 'disabled' && flag.status !== 'disabled';
    const isSame = before.onVariant === flag.onVariant && before.offVariant === flag.offVariant;
    const isPlain = step.byMachine && is >= was && isSame && before.stageGroups.length === 0;
    if (!isPlain) this.disturbed.add(key);
    if (!step.byMachine) return;
    demand(!wasKilled, `automation brought killed flag ${key} back`);
    // A share of another variant is another share.
    if (!isSame) return;
    demand(is >= was || step.has(FALLS, key), `automation took ${key} from ${was} to ${is} without a rollback`);
    demand(is <= was || step.has(RISES, key), `automation took ${key} from ${was} to ${is} without a stage`);
    const rollout = this.get('rollout', key);
    demand(is <= was || rollout?.plan.strategy !== 'rollback', `a gradual rollback raised ${key}`);
  }

  #checkRollout(before: Rollout | undefined, rollout: Rollout, step: Step): void {
    const { key } = rollout;
    if (before?.number !== rollout.number) {
      this.#checkNew(before, rollout, step);
      return;
    }
    demand(!isEnded(before.phase), `rollout ${key} left its end ${before.phase.name}`);
    demand(jsonEqual(before.plan, rollout.plan) && jsonEqual(before.before, rollout.before), `rollout ${key} was planned anew`);
    const opened = step.committed.events.filter((event) => event.key === key && OPENS.includes(event.type));
    demand(opened.length <= 1, `rollout ${key} opened ${opened.length} stages at once`);
    if (!step.byMachine) return;
    if (before.phase.name === 'pending' && rollout.phase.name === 'preflight') {
      const { startAt, approvalSince } = before.phase;
      demand(approvalSince === null && step.now >= (startAt ?? 0), `${key} started before its instant or its approval`);
    }
    const [from, to] = [currentStage(before.phase), currentStage(rollout.phase)];
    const isUp = opened.length > 0 || rollout.phase.name === 'completed';
    demand(
      !isUp || rollout.phase.name === 'completed' || to === (from ?? -1) + 1,
      `rollout ${key} went from stage ${from} to ${to}`,
    );
    const isDown = step.has(['rollout.steppedDown'], key);
    const isOver = isUp || isDown || rollout.phase.name === 'awaitingApproval';
    if (isOver && from !== null && before.phase.name !== 'held' && before.phase.name !== 'awaitingApproval') {
      const most = this.#watched.mostBaked(key);
      const { bakeMs } = before.plan.stages[from] ?? before.plan.stages[0];
      demand(most >= bakeMs, `stage ${from} of ${key} ended after ${most} of ${bakeMs} ms`);
    }
    if (isUp) this.#checkAdvance(before, rollout, step);
  }

  /** Automation opens a stage or completes only on what it knows of the stage before. */
  #checkAdvance(before: Rollout, rollout: Rollout, { now }: Step): void {
    const { key, plan } = before;
    demand(before.phase.name !== 'held' && before.phase.name !== 'awaitingApproval', `${key} advanced from ${before.phase.name}`);
    const isFrozen = plan.freezeWindows.some((window) => 'from' in window && now >= window.from && now < window.to);
    demand(!isFrozen || rollout.phase.name === 'completed', `a stage of ${key} was opened in a freeze window`);
    const from = currentStage(before.phase);
    if (from === null) return;
    const stage = plan.stages[from] ?? plan.stages[0];
    const { said, served } = this.#evidence.of(before);
    demand(stage.approval === 'auto', `${key} advanced past an approval`);
    demand(plan.validatorName === null || (said.true && !said.false), `${key} advanced and its validator did not say true`);
    demand(served.size >= stage.minExposures, `${key} advanced with ${served.size} of ${stage.minExposures} units`);
    demand(stage.criteria.length === 0 || this.#evidence.reading === 'good', `${key} advanced on ${this.#evidence.reading}`);
  }

  #checkNew(before: Rollout | undefined, rollout: Rollout, { has }: Step): void {
    const { key, number, phase } = rollout;
    demand(number === (before?.number ?? 0) + 1, `rollout ${number} of ${key} follows ${before?.number}`);
    const isFree = before === undefined || isEnded(before.phase) || has(['rollout.superseded'], key);
    demand(isFree, `rollout ${number} of ${key} began and ${before?.phase.name} of the one before was not over`);
    demand(['pending', 'preflight', 'rollingBack'].includes(phase.name), `rollout of ${key} began in ${phase.name}`);
    const flag = this.get('flag', key);
    demand(flag?.status !== 'disabled' && flag?.archivedAt === null, `rollout of ${key} began on a killed flag`);
  }

  /** State and traffic are one: owner, share and what the rollout says of them. */
  #checkTogether(key: string, step: Step): void {
    const [flag, rollout, experiment] = [this.get('flag', key), this.get('rollout', key), this.get('experiment', key)];
    if (flag === undefined) return;
    const owner = flag.shareOwner?.kind ?? null;
    const expected =
      rollout !== undefined && !isEnded(rollout.phase) ? 'rollout' : experiment?.phase === 'running' ? 'experiment' : null;
    demand(owner === expected, `the share of ${key} is owned by ${owner}, and ${expected} moves it`);
    if (rollout === undefined || !step.committed.records.includes(rollout)) return;
    const { phase } = rollout;
    if (step.has([...OPENS, 'rollout.steppedDown'], key) || phase.name === 'completed')
      demand(jsonEqual(allocationOf(flag), rollout.applied) || phase.name === 'completed', `${key} is not as its stage says`);
    const target = Math.round(rollout.plan.targetPercentage * 1000);
    if (phase.name === 'completed')
      demand(
        servedShare(flag) === target && flag.stageGroups.length === 0,
        `${key} completed at ${servedShare(flag)}, not ${target}`,
      );
    const isGivenBack =
      (phase.name === 'rolledBack' && phase.cause !== 'gradual') ||
      (phase.name === 'aborted' && rollout.plan.strategy !== 'rollback' && rollout.applied !== null);
    const isGone = flag.status === 'disabled' || flag.archivedAt !== null;
    demand(!isGivenBack || isGone || jsonEqual(allocationOf(flag), rollout.before), `${key} is not as it was before its rollout`);
  }
}

export function demand(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Broken(otherwise);
}

export function idOf({ kind, key }: SluiceRecord): string {
  return `${kind}/${key}`;
}

/** A rollout's clocks run on without events, and so does what it waits for before its first stage; all else changes only with one. */
function settled(record: SluiceRecord): unknown {
  if (record.kind !== 'rollout') return record;
  const { revision: _revision, progress: _progress, dueAt: _dueAt, verdicts: _verdicts, ...rest } = record;
  return ['pending', 'preflight'].includes(rest.phase.name) ? { ...rest, phase: null } : rest;
}
