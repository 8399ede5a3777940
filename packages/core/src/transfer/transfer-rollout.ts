/** A flag's latest rollout as a document has it: history, and what going back would have restored. */
import type { Criterion, Verdict } from '../analysis/criterion.ts';
import type { Issue } from '../error.ts';
import type { Allocation } from '../flag/flag.ts';
import { formatSplit, splitOf } from '../flag/split-form.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import { type FreezeWindow, WEEKDAYS } from '../rollout/freeze.ts';
import { type EndPhase, isEnded, ROLLOUT_STRATEGIES, type Rollout, type Stage } from '../rollout/rollout.ts';
import type { Scope } from '../scope.ts';
import { shareToPercentage } from '../share.ts';
import { ALLOCATION, STAGE, VERDICT } from './rollout-parts.ts';
import {
  finite,
  fullText,
  instant,
  listOf,
  numberFrom,
  objectOf,
  oneOf,
  orNull,
  percentage,
  type Shape,
  text,
  wholeFrom,
  yesOrNo,
} from './shape.ts';
import { EVIDENCE, evidenceOf, formatEvidence } from './transfer-evidence.ts';

const stages: Shape = (value, path) => {
  const issues = listOf(STAGE)(value, path);
  return issues.length === 0 && (value as readonly unknown[]).length === 0
    ? [{ path, message: 'must have at least one stage' }]
    : issues;
};
const once = objectOf({ from: finite, to: finite, reason: text });
const weekly = objectOf({
  weekly: objectOf({
    days: listOf(oneOf(WEEKDAYS)),
    fromMinute: numberFrom(0, 1439),
    toMinute: numberFrom(0, 1440),
    timeZone: fullText,
  }),
  reason: text,
});
const freezeWindow: Shape = (value, path) => (isJsonObject(value) && 'weekly' in value ? weekly : once)(value, path);
const OUTCOMES = ['completed', 'rolledBack', 'preflightFailed', 'aborted', 'superseded', 'underWay'] as const;
const FIELDS: Readonly<Record<string, Shape>> = {
  flag: fullText,
  number: wholeFrom(1),
  strategy: oneOf([...ROLLOUT_STRATEGIES, 'rollback']),
  targetPercentage: percentage,
  validatorName: orNull(fullText),
  validateEveryMs: orNull(numberFrom(1)),
  validatorDeadlineMs: numberFrom(1),
  toVariant: orNull(fullText),
  makesStable: yesOrNo,
  startAt: orNull(instant),
  startApproval: yesOrNo,
  startApprovalExpiryMs: numberFrom(0),
  approvalExpiryMs: numberFrom(0),
  freezeWindows: listOf(freezeWindow),
  tickMs: numberFrom(1),
  stages,
  before: ALLOCATION,
  outcome: oneOf(OUTCOMES),
  /** Of a rollback: whether harm or a person's plan brought it. */
  cause: orNull(oneOf(['harm', 'gradual', 'rejected'])),
  message: orNull(text),
  verdicts: listOf(VERDICT),
  warnings: listOf(text),
  startedAt: instant,
  startedBy: text,
  reason: text,
  endedAt: orNull(instant),
};
const SHAPE = objectOf(FIELDS, { evidence: EVIDENCE });

export function formatRolloutEntry(rollout: Rollout): JsonObject {
  const { plan, phase, before } = rollout;
  const { stages: planned, startAt, freezeWindows, ...settings } = plan;
  return {
    flag: rollout.key,
    number: rollout.number,
    ...settings,
    startAt: startAt === null ? null : new Date(startAt).toISOString(),
    freezeWindows: freezeWindows.map(formatWindow),
    stages: planned.map(({ share, notBefore, ...stage }) => ({
      ...stage,
      notBefore: notBefore === null ? null : new Date(notBefore).toISOString(),
      sharePercentage: share === null ? null : shareToPercentage(share),
      criteria: stage.criteria.map((criterion) => ({ ...criterion })),
    })),
    before: formatAllocation(before),
    outcome: isEnded(phase) ? phase.name : 'underWay',
    cause: phase.name === 'rolledBack' ? phase.cause : null,
    message: 'message' in phase && isEnded(phase) ? phase.message : null,
    verdicts: rollout.verdicts.map(({ compared, ...verdict }) => ({
      ...verdict,
      ...(compared === undefined ? {} : { compared: { ...compared } }),
      at: new Date(verdict.at).toISOString(),
    })),
    ...formatEvidence(rollout.evidence),
    warnings: rollout.warnings,
    startedAt: new Date(rollout.startedAt).toISOString(),
    startedBy: rollout.startedBy,
    reason: rollout.reason,
    endedAt: rollout.endedAt === null ? null : new Date(rollout.endedAt).toISOString(),
  };
}

function formatWindow(window: FreezeWindow): JsonObject {
  return 'weekly' in window
    ? { weekly: { ...window.weekly, days: [...window.weekly.days] }, reason: window.reason }
    : { ...window };
}

function formatAllocation({ share, split, ...rest }: Allocation): JsonObject {
  return { ...rest, rolloutPercentage: shareToPercentage(share), split: formatSplit(split) };
}

type RolloutEntry = JsonObject & { readonly stages: readonly JsonObject[]; readonly verdicts: readonly JsonObject[] };

/** The rollout at revision 0, or every issue. One that was under way is aborted: an import moves no traffic. */
export function parseRolloutEntry(value: unknown, path: string, scope: Scope, now: number): Rollout | readonly Issue[] {
  const issues = SHAPE(value, path);
  if (issues.length > 0) return issues;
  const entry = value as RolloutEntry;
  const [first, ...rest] = entry.stages.map(stageOf);
  if (first === undefined) return [{ path: `${path}/stages`, message: 'must have at least one stage' }];
  return rolloutOf(entry, [first, ...rest], scope, now);
}

/** An import moves no traffic. */
const AT_REST = { kind: 'rollout', revision: 0, applied: null, progress: null, dueAt: null } as const;

function rolloutOf(entry: RolloutEntry, stages: Rollout['plan']['stages'], scope: Scope, now: number): Rollout {
  const {
    flag,
    number,
    stages: _written,
    before,
    outcome,
    cause,
    message,
    verdicts,
    evidence,
    warnings,
    startedAt,
    startedBy,
    reason,
    endedAt,
    startAt,
    ...plan
  } = entry;
  return {
    ...AT_REST,
    scope,
    key: flag as string,
    number: number as number,
    plan: {
      ...(plan as unknown as Omit<Rollout['plan'], 'stages' | 'startAt'>),
      startAt: typeof startAt === 'string' ? Date.parse(startAt) : null,
      stages,
    },
    before: allocationIn(before as JsonObject),
    phase: phaseOf(outcome as (typeof OUTCOMES)[number], cause, message),
    verdicts: verdicts.map((verdict) => ({ ...(verdict as unknown as Verdict), at: Date.parse(verdict.at as string) })),
    ...evidenceOf(evidence),
    warnings: warnings as readonly string[],
    startedAt: Date.parse(startedAt as string),
    startedBy: startedBy as string,
    reason: reason as string,
    endedAt: typeof endedAt === 'string' && outcome !== 'underWay' ? Date.parse(endedAt) : now,
  };
}

function stageOf(entry: JsonObject): Stage {
  const { sharePercentage, criteria, notBefore, ...rest } = entry;
  const share = sharePercentage === null ? null : Math.round(Number(sharePercentage) * 1000);
  return {
    ...(rest as unknown as Omit<Stage, 'share' | 'criteria' | 'notBefore'>),
    notBefore: typeof notBefore === 'string' ? Date.parse(notBefore) : null,
    share,
    criteria: criteria as unknown as readonly Criterion[],
  };
}

function allocationIn(entry: JsonObject): Allocation {
  const { rolloutPercentage, split, ...rest } = entry;
  return {
    ...(rest as unknown as Omit<Allocation, 'share' | 'split'>),
    share: Math.round(Number(rolloutPercentage) * 1000),
    split: splitOf(split),
  };
}

function phaseOf(outcome: (typeof OUTCOMES)[number], cause: JsonValue | undefined, message: JsonValue | undefined): EndPhase {
  const words = typeof message === 'string' ? message : '';
  switch (outcome) {
    case 'rolledBack':
      return { name: outcome, cause: cause === 'gradual' || cause === 'rejected' ? cause : 'harm', message: words };
    case 'preflightFailed':
      return { name: outcome, message: words };
    case 'underWay':
      return { name: 'aborted', message: 'it was under way where it was exported' };
    case 'completed':
      return { name: outcome };
    default:
      return { name: outcome, message: words };
  }
}
