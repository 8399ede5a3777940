/** What a rollback was about, from the log and from what was counted: the facts of a post-mortem. What only people know is left to them. */
import { type DistinctCount, estimateDistinct, mergeDistinct } from '../analysis/distinct.ts';
import type { LoggedEvent } from '../event.ts';
import type { EventType } from '../event-type.ts';
import { isJsonObject, type JsonValue } from '../json.ts';
import type { Rollout } from '../rollout/rollout.ts';
import { endOfGradual, type GradualStop, gradualStop } from './gradual-stop.ts';
import { type RollbackStrategyName, rollbackStrategyOf } from './strategy.ts';

/** What was counted of one stage. */
export interface StageCounts {
  /** From 0. */
  readonly stage: number;
  /** Units that were served the new variant. */
  readonly exposed: DistinctCount;
  /** Null when no error was counted with its unit. */
  readonly unitsWithError: number | null;
}

export interface ReportFacts {
  readonly rollback: LoggedEvent;
  /** Everything that the log tells of this flag, in its order. */
  readonly log: readonly LoggedEvent[];
  /** Of the stages of the rollout that was taken back. */
  readonly stages: readonly StageCounts[];
  /** Units that the flag served another variant than off since it was created: said when there was no rollout. */
  readonly everExposed: DistinctCount;
}

export interface ExposedStage {
  readonly stage: number;
  readonly percentage: number;
  readonly groups: readonly string[];
  /** Distinct, by an estimate with a standard error of 1.6 %. */
  readonly units: number;
  readonly unitsWithError: number | null;
}

export interface RollbackReport {
  /** The rollback's place in the log. */
  readonly id: number;
  readonly flag: string;
  readonly strategy: RollbackStrategyName;
  readonly fromPercentage: number | null;
  readonly toPercentage: number | null;
  /** Of a rollback to a version: the stable version before it and the one that everybody has since; else null. */
  readonly versions: { readonly from: string; readonly to: string } | null;
  /** Where a gradual rollback was stopped on the way to `toPercentage`; else null. */
  readonly stopped: GradualStop | null;
  /** Whom a targeted rollback shut out. */
  readonly userIds: readonly string[];
  /** The rollout that was taken back; null when the share had been moved by hand. */
  readonly rollout:
    | (Pick<Rollout, 'number' | 'startedBy' | 'reason'> & {
        readonly strategy: Rollout['plan']['strategy'];
        readonly variant: string;
        readonly startedAt: Date;
      })
    | null;
  /** When the harm was measured; for what a person decided, when they did. */
  readonly detectedAt: Date;
  readonly decidedAt: Date;
  /** Null while a gradual rollback is under way. */
  readonly doneAt: Date | null;
  /** Later than decided when the store could not be written. */
  readonly recordedAt: Date | null;
  readonly actor: string;
  readonly reason: string;
  readonly evidence: {
    readonly verdicts: readonly { criterion: string; verdict: string; message: string; value: number | null; samples: number }[];
    /** What the validator said; null when it did not decide. */
    readonly validator: string | null;
  };
  readonly exposed: {
    readonly units: number;
    /** The sum over the stages: a unit that met errors in two stages counts twice. Null when none were counted with their unit. */
    readonly unitsWithError: number | null;
    readonly stages: readonly ExposedStage[];
  };
  /** From the start of the rollout, or all of the flag's log without one. */
  readonly timeline: readonly Pick<LoggedEvent, 'seq' | 'at' | 'type' | 'actor' | 'reason'>[];
}

/** The rollout that this rollback took back: the latest before it that was not itself a rollback. */
export function rolledBackRollout(rollback: LoggedEvent, log: readonly LoggedEvent[]): Rollout | null {
  const upTo = log.filter((event) => event.seq <= rollback.seq);
  const rollouts = upTo.flatMap((event) => (event.record.kind === 'rollout' ? [event.record] : []));
  return rollouts.findLast((record) => record.plan.strategy !== 'rollback') ?? null;
}

/** `facts.rollback` is an event that begins a rollback. */
export function rollbackReport({ rollback, log, stages, everExposed }: ReportFacts): RollbackReport {
  const { detail } = rollback;
  const rollout = rolledBackRollout(rollback, log);
  const started = log.find((event) => event.type === 'rollout.started' && numberOf(event) === rollout?.number);
  const overall =
    rollout === null ? everExposed : stages.reduce<DistinctCount>((sum, { exposed }) => mergeDistinct(sum, exposed), []);
  const counted = stages.flatMap(({ unitsWithError }) => (unitsWithError === null ? [] : [unitsWithError]));
  return {
    id: rollback.seq,
    flag: rollback.key,
    strategy: rollbackStrategyOf(rollback) ?? 'automatic',
    fromPercentage: numberIn(detail.fromPercentage),
    toPercentage: numberIn(detail.toPercentage),
    versions: versionsIn(detail),
    stopped: gradualStop(rollback, log),
    userIds: Array.isArray(detail.userIds) ? detail.userIds.map(String) : [],
    rollout: rollout === null ? null : describeRollout(rollout),
    ...instants(rollback, log),
    actor: rollback.actor,
    reason: rollback.reason,
    evidence: evidenceOf(rollback),
    exposed: {
      units: Math.round(estimateDistinct(overall)),
      unitsWithError: counted.length === 0 ? null : counted.reduce((sum, units) => sum + units, 0),
      stages: rollout === null ? [] : exposedStages(rollout, stages, enteredStages(rollout, rollback, log)),
    },
    timeline: log
      .filter((event) => event.seq >= (started?.seq ?? 0))
      .map(({ seq, at, type, actor, reason }) => ({ seq, at, type, actor, reason })),
  };
}

function describeRollout({ number, plan, before, startedAt, startedBy, reason }: Rollout): RollbackReport['rollout'] {
  const variant = plan.toVariant ?? before.onVariant;
  return { number, strategy: plan.strategy, variant, startedAt: new Date(startedAt), startedBy, reason };
}

function instants(
  rollback: LoggedEvent,
  log: readonly LoggedEvent[],
): Pick<RollbackReport, 'detectedAt' | 'decidedAt' | 'doneAt' | 'recordedAt'> {
  const { at, record, detail } = rollback;
  const recorded = typeof detail.recordedAt === 'string' ? new Date(detail.recordedAt) : null;
  return {
    detectedAt: new Date(record.kind === 'rollout' ? Math.min(at, ...harmInstants(record)) : at),
    decidedAt: new Date(at),
    doneAt: rollback.type === 'rollback.gradual' ? endOf(rollback, log) : new Date(at),
    recordedAt: recorded,
  };
}

function harmInstants({ verdicts, progress }: Rollout): number[] {
  const failed = verdicts.filter((verdict) => verdict.verdict === 'fail' && !verdict.dryRun).map((verdict) => verdict.at);
  return progress?.validation?.outcome === 'harm' ? [...failed, progress.validation.at] : failed;
}

function endOf(rollback: LoggedEvent, log: readonly LoggedEvent[]): Date | null {
  const end = endOfGradual(rollback, log);
  return end === undefined ? null : new Date(end.at);
}

function versionsIn({ fromVersion, toVersion }: LoggedEvent['detail']): RollbackReport['versions'] {
  return typeof fromVersion === 'string' && typeof toVersion === 'string' ? { from: fromVersion, to: toVersion } : null;
}

function evidenceOf({ detail }: LoggedEvent): RollbackReport['evidence'] {
  const verdicts = Array.isArray(detail.verdicts) ? detail.verdicts.filter(isJsonObject) : [];
  const { validation } = detail;
  const isDecisive = isJsonObject(validation) && validation.outcome === 'harm';
  return {
    verdicts: verdicts.map(({ criterion, verdict, message, value, samples }) => ({
      criterion: String(criterion),
      verdict: String(verdict),
      message: String(message),
      value: numberIn(value as JsonValue),
      samples: numberIn(samples as JsonValue) ?? 0,
    })),
    validator: isDecisive ? String(validation.message) : null,
  };
}

const OPENINGS: ReadonlySet<EventType> = new Set(['rollout.advanced', 'rollout.finalizing']);

function enteredStages(rollout: Rollout, rollback: LoggedEvent, log: readonly LoggedEvent[]): ReadonlySet<number> {
  const opened = log.filter(
    (event) => OPENINGS.has(event.type) && numberOf(event) === rollout.number && event.seq < rollback.seq,
  );
  return new Set(opened.map(({ detail }) => Number(detail.stage)));
}

function exposedStages(rollout: Rollout, counts: readonly StageCounts[], entered: ReadonlySet<number>): ExposedStage[] {
  return rollout.plan.stages.flatMap(({ percentage, groups }, stage): ExposedStage[] => {
    if (!entered.has(stage)) return [];
    const count = counts.find((candidate) => candidate.stage === stage);
    const units = Math.round(estimateDistinct(count?.exposed ?? []));
    return [{ stage, percentage, groups, units, unitsWithError: count?.unitsWithError ?? null }];
  });
}

function numberOf({ record }: LoggedEvent): number | null {
  return record.kind === 'rollout' ? record.number : null;
}

function numberIn(value: JsonValue | undefined): number | null {
  return typeof value === 'number' ? value : null;
}
