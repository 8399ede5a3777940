/** What the criteria of a stage compare with the control, and the requests that are counted for them from look to look. */
import type { ComparedEvents } from '../analysis/comparison.ts';
import type { Criterion, Verdict } from '../analysis/criterion.ts';
import { countRequests, type RequestCounts } from '../analysis/request-counts.ts';
import { type ComparedSides, comparedMeanOf, requestRatio } from '../analysis/versus-control.ts';
import { hasControl } from './absence.ts';
import type { Rollout, Stage, StageProgress } from './rollout.ts';
import type { RolloutFacts, Unmeasured } from './step.ts';

/** Whether requests of both sides are to be counted for it: errors or slow values are compared. */
export function comparesEvents(criterion: Criterion): boolean {
  return criterion.versusControl !== undefined && comparedMeanOf(criterion) === null;
}

/** From when on requests are to be counted for this criterion next; null where there is nothing to count. */
export function requestsFrom(rollout: Rollout, stage: Stage, criterion: Criterion): number | null {
  const { progress } = rollout;
  if (progress === null || !hasControl(rollout, stage) || !comparesEvents(criterion)) return null;
  return Math.max(progress.enteredAt, progress.requests?.[keyOf(criterion)]?.until ?? 0);
}

/** With the intervals that this look brought. */
export function requestsAt(rollout: Rollout, stage: Stage, { requests = [] }: RolloutFacts): StageProgress['requests'] {
  if (!hasControl(rollout, stage)) return rollout.progress?.requests;
  let counted: Record<string, RequestCounts> | undefined = rollout.progress?.requests;
  for (const [index, criterion] of stage.criteria.entries()) {
    const interval = requests[index] ?? null;
    const from = requestsFrom(rollout, stage, criterion);
    if (interval === null || 'kind' in interval || from === null || interval.from < from) continue;
    const key = keyOf(criterion);
    counted = { ...counted, [key]: countRequests(counted?.[key], interval, requestRatio(criterion)) };
  }
  return counted;
}

/** What this criterion is judged by beside its bounds; undefined where it compares nothing. */
export function sidesOf(
  rollout: Rollout,
  stage: Stage,
  criterion: Criterion,
  facts: Pick<RolloutFacts, 'compared' | 'isUnread'>,
  requests: StageProgress['requests'],
): ComparedSides | undefined {
  const compared = facts.compared?.[stage.criteria.indexOf(criterion)] ?? null;
  if (compared === null || !hasControl(rollout, stage)) return undefined;
  const comparisons = stage.criteria.filter(({ versusControl }) => versusControl !== undefined).length;
  const stages = rollout.plan.stages.filter((one) => hasControl(rollout, one)).length;
  return {
    compared: compared.kind === 'means' ? compared : withRequests(compared, requests?.[keyOf(criterion)]),
    comparisons,
    stages,
    isUnread: facts.isUnread ?? false,
  };
}

function withRequests(compared: ComparedEvents, requests: RequestCounts | undefined): ComparedEvents {
  return requests === undefined ? compared : { ...compared, requests };
}

/** A comparison by requests that could not be counted has measured nothing, whatever its bounds say. */
export function uncounted(verdict: Verdict, problem: Unmeasured | null): Verdict {
  if (problem === null || verdict.verdict === 'fail' || verdict.comparedBy !== 'requests') return verdict;
  return { ...verdict, verdict: 'error', cause: problem.cause, message: problem.message };
}

/** Names of criteria need not differ, and stages have criteria of their own. */
function keyOf({ source, metric, slowerThan, versusControl }: Criterion): string {
  return [source, metric, slowerThan ?? '', versusControl ?? ''].join('/');
}
