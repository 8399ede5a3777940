/** What a decision on one flag is made on. */
import type { Experiment } from '../experiment/experiment.ts';
import type { Rollout } from '../rollout/rollout.ts';
import type { Scope } from '../scope.ts';
import type { SegmentFinder } from '../segment/segment.ts';
import type { Flag } from './flag.ts';
import type { FlagLookup } from './prerequisite.ts';

/** The records that an edit of one flag can touch. */
export interface FlagFacts {
  readonly scope: Scope;
  readonly key: string;
  readonly flag: Flag | undefined;
  readonly rollout: Rollout | undefined;
  readonly experiment: Experiment | undefined;
  /** Every other flag of the scope, for what an edit of one means to the others. */
  readonly flags?: FlagLookup<Flag> & { values(): Iterable<Flag> };
  /** Every segment of the scope, for whether those that an edit names are there. */
  readonly segments?: SegmentFinder;
}
