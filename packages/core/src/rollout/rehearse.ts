/** Preflight: the way back is walked on paper before anybody is led forward. */
import { type CompiledFlag, compileFlag } from '../flag/compile.ts';
import { evaluateCompiled } from '../flag/evaluate.ts';
import { type Allocation, allocationOf, type Flag, servedShare } from '../flag/flag.ts';
import { NO_SEGMENTS, type SegmentLookup } from '../flag/match.ts';
import type { Unit } from '../flag/unit.ts';
import { jsonEqual } from '../json.ts';
import { WHOLE_SHARE } from '../share.ts';
import { baseAllocation, stageAllocation } from './allocation.ts';
import type { Rollout } from './rollout.ts';

/** Enough to meet named users, groups and both sides of any share that a stage opens. */
const SYNTHETIC_UNITS = 200;

/**
 * What would go wrong, in words; null when every stage answers, going back gives exactly what was there, and the kill gives off. It is
 * walked as if every prerequisite and the conditions held: where they do not, everybody gets off, and nothing would be proved.
 */
export function rehearse(rollout: Rollout, flag: Flag, segments: SegmentLookup = NO_SEGMENTS): string | null {
  return (
    variantProblem(rollout, flag) ?? walkProblem(rollout, { ...flag, prerequisites: [], conditions: {}, slots: null }, segments)
  );
}

function variantProblem(rollout: Rollout, flag: Flag): string | null {
  const { before, plan } = rollout;
  const target = plan.toVariant ?? before.onVariant;
  if (!Object.hasOwn(flag.variants, target)) return `variant "${target}" is not one of the flag's`;
  const isMove = plan.toVariant !== null && plan.toVariant !== before.onVariant;
  const served = servedShare(before);
  // Where off and on are one version of a component, everybody has it whatever the share.
  if (isMove && served > 0 && served < WHOLE_SHARE && before.offVariant !== before.onVariant) {
    return `the flag serves "${before.onVariant}" to ${served / 1000} %; bring that to 0 or 100 % before moving to "${target}"`;
  }
  if (isMove && before.status === 'whitelist') return `the flag is a whitelist; set a percentage before moving to "${target}"`;
  const { offVariant, onVariant } = baseAllocation(rollout);
  if (offVariant === onVariant) return `units that are not in get "${offVariant}" already, so there is nothing to roll out`;
  return null;
}

function walkProblem(rollout: Rollout, flag: Flag, segments: SegmentLookup): string | null {
  const units = syntheticUnits(flag, rollout.plan.stages.at(-1)?.groups ?? []);
  const answers = (base: Flag, allocation: Allocation): readonly Answer[] => {
    const compiled = compileFlag({ ...base, ...allocation }, undefined, undefined, segments);
    return units.map((unit) => answerOf(compiled, unit));
  };
  const original = answers(flag, flag);
  const { offVariant } = baseAllocation(rollout);
  for (const [index] of rollout.plan.stages.entries()) {
    const opened = stageAllocation(rollout, index);
    const failed = answers(flag, opened).find((answer) => answer.errorCode !== null);
    if (failed !== undefined) return `stage ${index + 1} does not answer: ${failed.errorCode ?? ''}`;
    const restored = answers({ ...flag, ...opened }, rollout.before);
    if (!jsonEqual(restored, original)) return `going back from stage ${index + 1} does not give what was there before`;
    const killed = answers(flag, { ...opened, status: 'disabled' });
    if (killed.some((answer) => answer.variant !== offVariant))
      return `the kill switch does not give "${offVariant}" in stage ${index + 1}`;
  }
  return jsonEqual(allocationOf(flag), rollout.before) ? null : 'the flag changed since the rollout was started';
}

interface Answer {
  readonly variant: string | null;
  readonly errorCode: string | null;
}

function answerOf(compiled: CompiledFlag, unit: Unit): Answer {
  const { variant, errorCode } = evaluateCompiled(compiled, unit, null);
  return { variant, errorCode };
}

function syntheticUnits(flag: Flag, stageGroups: readonly string[]): Unit[] {
  const attributes = flag.bucketBy === null ? {} : { [flag.bucketBy]: 'rehearsal' };
  const named = [...flag.enabledUsers.slice(0, 5), ...flag.disabledUsers.slice(0, 5)].map(
    (userId): Unit => ({ userId, attributes }),
  );
  const grouped = [...stageGroups, ...flag.enabledGroups, ...flag.disabledGroups]
    .slice(0, 10)
    .map((group): Unit => ({ userId: `member-of-${group}`, groups: [group], attributes }));
  const drawn = Array.from({ length: SYNTHETIC_UNITS }, (_, index): Unit => {
    const key = `rehearsal-${index}`;
    return { userId: key, attributes: flag.bucketBy === null ? {} : { [flag.bucketBy]: key } };
  });
  return [...named, ...grouped, ...drawn];
}
