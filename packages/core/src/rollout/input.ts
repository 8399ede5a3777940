/** What can happen to a rollout: a look at it, or what somebody asks of it. */
import type { Attribution } from '../event.ts';
import type { FreezeWindow } from './freeze.ts';
import type { RolloutFacts } from './step.ts';

export type RolloutCommand =
  | {
      readonly type: 'approve';
      readonly by: Attribution;
      /** Windows of all rollouts, besides its own. */
      readonly freezeWindows?: readonly FreezeWindow[];
    }
  | { readonly type: 'resume'; readonly by: Attribution; readonly freezeWindows?: readonly FreezeWindow[] }
  /** `supersede`: another rollout or a rollback takes the share over, and writes it. */
  | {
      readonly type: 'pause' | 'approveStart' | 'reject' | 'abort' | 'kill' | 'supersede';
      readonly by: Attribution;
    }
  /** The next stage, or with `full` the last, without its evidence; in a freeze window or before its time only with `force`. */
  | {
      readonly type: 'promote';
      readonly full: boolean;
      readonly force?: boolean;
      readonly by: Attribution;
      readonly freezeWindows?: readonly FreezeWindow[];
    };

export type RolloutInput = { readonly type: 'tick'; readonly facts: RolloutFacts } | RolloutCommand;
