/** How the share of a rollout moved, read off the log of its transitions. */
import type { HistoryEvent } from '../api/answers.ts';

export interface ShareStep {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** 0 to 100. */
  readonly percentage: number;
}

/** The oldest first; what moved no share is left out. `until` ends the line where it stands then. */
export function shareSteps(events: readonly Pick<HistoryEvent, 'seq' | 'at' | 'detail'>[], until: number): readonly ShareStep[] {
  const steps = [...events]
    .sort((a, b) => a.seq - b.seq)
    .flatMap(({ at, detail }): ShareStep[] => {
      const moved = detail.sharePercentage ?? detail.toPercentage;
      return typeof moved === 'number' ? [{ at, percentage: moved }] : [];
    });
  const last = steps.at(-1);
  return last === undefined || last.at >= until ? steps : [...steps, { at: until, percentage: last.percentage }];
}
