/** Where a gradual rollback ended when it did not come to its last stage. */
import type { LoggedEvent } from '../event.ts';
import { servedShare } from '../flag/flag.ts';
import { isEnded, type Rollout } from '../rollout/rollout.ts';
import { shareToPercentage } from '../share.ts';

export interface GradualStop {
  /** The share that it had reached, 0 to 100. */
  readonly percentage: number;
  /** By whom and why. */
  readonly message: string;
}

/** The end of the rollout that a gradual rollback is; undefined while it is under way, and for other rollbacks. */
export function endOfGradual(
  rollback: LoggedEvent,
  log: readonly LoggedEvent[],
): (LoggedEvent & { record: Rollout }) | undefined {
  const { record: begun } = rollback;
  if (rollback.type !== 'rollback.gradual' || begun.kind !== 'rollout') return undefined;
  return log.find(
    (event): event is LoggedEvent & { record: Rollout } =>
      event.seq > rollback.seq &&
      event.record.kind === 'rollout' &&
      event.record.number === begun.number &&
      isEnded(event.record.phase),
  );
}

/** Null while it is under way, when it came to its last stage, and for other rollbacks. `log` is what is told of the flag after it. */
export function gradualStop(rollback: LoggedEvent, log: readonly LoggedEvent[]): GradualStop | null {
  const { applied, before, phase } = endOfGradual(rollback, log)?.record ?? {};
  if (before === undefined || (phase?.name !== 'aborted' && phase?.name !== 'superseded')) return null;
  return { percentage: shareToPercentage(servedShare(applied ?? before)), message: phase.message };
}
