/** Why a unit gets what it gets, step by step, as data: for `explain`, the CLI and the page. Never counts as an exposure. */
import { segmentsNamedBy } from '../segment/references.ts';
import { shareToPercentage } from '../share.ts';
import { bucketOf, mixHash } from './bucket.ts';
import { type CompiledFlag, type CompiledRule, EVERYBODY, type Threshold } from './compile.ts';
import { decide, type Evaluation, evaluationOf, hashOfKey, isUsableKey, STEP, stepOf, variantIndexOf } from './evaluate.ts';
import { servedShare } from './flag.ts';
import { NO_SEGMENTS, ownAttribute, type SegmentHolder, type SegmentLookup } from './match.ts';
import type { SlotRange } from './slots.ts';
import type { Unit } from './unit.ts';

export interface ExplainedStep {
  readonly step:
    | 'override'
    | 'kill switch'
    | 'prerequisites'
    | 'excluded by name'
    | 'enabled by name'
    | 'conditions'
    | 'rule'
    | 'allocation';
  readonly outcome: 'passed by' | 'decided' | 'not reached';
  /** A sentence with the facts in it. */
  readonly message: string;
}

export interface Explanation extends Evaluation<null> {
  readonly key: string;
  /** The unit's bucket under this flag's salt, 0 to 99 999; null without a usable key. */
  readonly bucket: number | null;
  readonly steps: readonly ExplainedStep[];
}

/** Says what `decide` does; the deciding step is taken from `decide` itself, so that the two cannot disagree. */
export function explainCompiled(
  compiled: CompiledFlag,
  unit: Unit | null | undefined,
  segments: SegmentLookup = NO_SEGMENTS,
): Explanation {
  const outcome = decide(compiled, unit);
  const evaluation = evaluationOf(compiled, outcome, null);
  const bucket = safeBucket(compiled, unit ?? {});
  const decidedAt = evaluation.errorCode === null ? stepOf(outcome) : STEP.ALLOCATION;
  const plan = plannedSteps(compiled, bucket, unit ?? {}, segments);
  const at = compiled.isOverridden ? 0 : plan.findIndex((step) => step.code === decidedAt);
  const steps = plan.map(({ step, says, silent }, index): ExplainedStep => {
    if (index > at) return { step, outcome: 'not reached', message: 'an earlier step decided' };
    if (index < at) return { step, outcome: 'passed by', message: silent };
    return {
      step,
      outcome: 'decided',
      message: evaluation.errorCode === null ? says : (ERROR_SENTENCES[evaluation.errorCode] ?? ''),
    };
  });
  return { ...evaluation, key: compiled.flag.key, bucket, steps };
}

const ERROR_SENTENCES: Readonly<Record<string, string>> = {
  TARGETING_KEY_MISSING: 'the share lies between 0 and 100 % and the unit has no key to draw by; the fallback is served',
  INVALID_CONTEXT: 'the unit key is not a text of at most 1 KiB nor a whole number; the fallback is served',
  GENERAL: 'reading the unit threw; the fallback is served',
};

interface PlannedStep {
  readonly code: number;
  readonly step: ExplainedStep['step'];
  /** The sentence if this step decides. */
  readonly says: string;
  /** The sentence if it does not. */
  readonly silent: string;
}

const EXCLUDED_STEP: PlannedStep = {
  code: STEP.EXCLUDED,
  step: 'excluded by name',
  says: 'the unit or one of its groups is excluded',
  silent: 'neither the unit nor a group of it is excluded',
};
const NAMED_STEP: PlannedStep = {
  code: STEP.NAMED,
  step: 'enabled by name',
  says: 'the unit or one of its groups is enabled by name',
  silent: 'neither the unit nor a group of it is named',
};

function ruleStep(rule: CompiledRule, index: number, variants: readonly string[], bucket: number | null): PlannedStep {
  const served = 'variant' in rule ? `it serves "${variants[rule.variant] ?? ''}"` : thresholdSentence(rule.threshold, bucket);
  return {
    code: STEP.RULE + index,
    step: 'rule',
    says: `rule ${index + 1} holds: ${served}`,
    silent: `rule ${index + 1} does not hold`,
  };
}

function plannedSteps(compiled: CompiledFlag, bucket: number | null, unit: Unit, segments: SegmentLookup): PlannedStep[] {
  const { flag } = compiled;
  const killed = flag.archivedAt === null ? 'the flag is disabled' : 'the flag is archived';
  return [
    ...(compiled.isOverridden ? [overrideStep(flag.onVariant)] : []),
    { code: STEP.KILLED, step: 'kill switch', says: killed, silent: `status is ${flag.status}` },
    ...(compiled.prerequisites ?? []).slice(0, 1).map(
      (): PlannedStep => ({
        code: STEP.PREREQUISITES,
        step: 'prerequisites',
        says: unmetSentence(compiled, unit),
        silent: 'every prerequisite holds',
      }),
    ),
    EXCLUDED_STEP,
    NAMED_STEP,
    {
      code: STEP.CONDITIONS,
      step: 'conditions',
      says: `${flag.slots == null ? 'the conditions do not hold' : slotSentence(flag.slots)}${segmentsText(compiled, unit, segments)}`,
      silent: 'the conditions hold',
    },
    ...(compiled.rules ?? []).map((rule, index) => ruleStep(rule, index, compiled.variants, bucket)),
    {
      code: STEP.ALLOCATION,
      step: 'allocation',
      says:
        flag.slots == null
          ? thresholdSentence(compiled.threshold, bucket, servedShare(flag))
          : `its slot in the layer "${flag.slots.layer}" is one of this flag's`,
      silent: '',
    },
  ];
}

function overrideStep(variant: string): PlannedStep {
  const says = `overridden in this process: everybody gets "${variant}", whatever is kept`;
  return { code: STEP.ALLOCATION, step: 'override', says, silent: '' };
}

/** Of each segment that the conditions name, whether the unit is in it. */
function segmentsText({ flag }: CompiledFlag, unit: Unit, segments: SegmentLookup): string {
  return segmentsNamedBy(flag.conditions)
    .map((key) => {
      if (!segments.has(key)) return `; there is no segment "${key}"`;
      return `; the unit is ${isIn(segments.holderOf(key), unit) ? '' : 'not '}in the segment "${key}"`;
    })
    .join('');
}

function isIn(segment: SegmentHolder, unit: Unit): boolean {
  try {
    return segment.matches(unit);
  } catch {
    return false;
  }
}

/** The first prerequisite that does not hold, and why. */
function unmetSentence(compiled: CompiledFlag, unit: Unit): string {
  for (const { key, holder, variants } of compiled.prerequisites ?? []) {
    const needed = holder.compiled;
    if (needed === null) return `the flag "${key}", which it needs, does not exist`;
    if (needed.flag.archivedAt !== null) return `the flag "${key}", which it needs, is archived`;
    const served = needed.variants[variantIndexOf(decide(needed, unit))];
    if (served !== undefined && variants.has(served)) continue;
    const wanted = [...variants].map((variant) => `"${variant}"`).join(' or ');
    return `the flag "${key}" serves ${served === undefined ? 'no variant' : `"${served}"`} and must serve ${wanted}`;
  }
  return 'its prerequisites lead in a circle';
}

function slotSentence({ layer, from, share }: SlotRange): string {
  const range = `${shareToPercentage(from)} to ${shareToPercentage(from + share)} %`;
  return `the conditions do not hold, or the unit's slot in the layer "${layer}" lies outside ${range}`;
}

function thresholdSentence(threshold: Threshold, bucket: number | null, share?: number): string {
  if (threshold === 0) return 'the share is 0 %';
  if (threshold === EVERYBODY) return 'the share is 100 %';
  const percentage = share === undefined ? 'its share' : `the share of ${shareToPercentage(share)} %`;
  return `bucket ${bucket ?? 'unknown'} of 100 000 against ${percentage}`;
}

function safeBucket(compiled: CompiledFlag, unit: Unit): number | null {
  try {
    const key = compiled.bucketBy === null ? unit.userId : ownAttribute(unit, compiled.bucketBy);
    if (!isUsableKey(key) || key === '') return null;
    const hash = hashOfKey(key);
    return bucketOf(mixHash(hash.high, hash.low, compiled.shareSaltHigh, compiled.shareSaltLow));
  } catch {
    return null;
  }
}
