/** What the log keeps of how a stage was judged when it was left. */
import type { HistoryEvent, RolloutStatus } from '../api/answers.ts';

type Verdict = RolloutStatus['verdicts'][number];

export interface JudgedThen {
  readonly verdicts: readonly Verdict[];
  /** What its validator said last; null where it said nothing. */
  readonly validator: string | null;
}

type Told = Pick<HistoryEvent, 'seq' | 'detail'> & { readonly record: object };

interface Kept {
  readonly verdicts?: readonly Verdict[];
  readonly validation?: { readonly message: string } | null;
}

/** With the event itself: of the stage before where one was opened, of the last one where it was taken back. Nothing in logs from before this was kept. */
export function judgedThen({ detail }: Pick<HistoryEvent, 'detail'>): JudgedThen {
  const { verdicts = [], validation } = (detail.judged ?? detail) as Kept;
  return { verdicts, validator: validation?.message ?? null };
}

/** What it last came to, as far as the log has kept it; empty where nothing was judged. */
export function lastVerdicts(events: readonly Told[]): readonly Verdict[] {
  return (
    [...events]
      .sort((a, b) => b.seq - a.seq)
      .flatMap(({ detail, record }) => [(record as Kept).verdicts ?? [], judgedThen({ detail }).verdicts])
      .find((verdicts) => verdicts.length > 0) ?? []
  );
}
