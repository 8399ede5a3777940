/** The ways back, and what has to be said for each. */
import type { Place } from '../api/answers.ts';
import { stagesIn } from './rollout-choices.ts';

export type WayBack = 'kill' | 'gradual' | 'targeted' | 'toVersion';

export interface BackChoices {
  readonly way: WayBack;
  /** Percentages on the way down, as they were typed. */
  readonly stages: readonly string[];
  /** Between two of them. */
  readonly intervalMinutes: number;
  readonly userIds: readonly string[];
  readonly version: string | null;
}

export const FIRST_BACK: BackChoices = {
  way: 'kill',
  stages: ['75', '50', '0'],
  intervalMinutes: 1,
  userIds: [],
  version: null,
};

interface Way {
  readonly label: string;
  readonly hint: string;
  /** Of the button that does it. */
  readonly confirm: string;
  readonly consequence: (flag: string, place: Place) => string;
  readonly reachesEverybody: boolean;
}

export const WAYS_BACK: Readonly<Record<WayBack, Way>> = {
  kill: {
    label: 'Off for everybody, at once',
    hint: 'The kill. Ends whatever rollout or test moves the flag',
    confirm: 'Kill it',
    consequence: (flag, { environment }) => `${flag} goes off for everybody in ${environment} in one commit.`,
    reachesEverybody: true,
  },
  gradual: {
    label: 'Step by step',
    hint: 'Down in stages, so that what takes over is not hit all at once',
    confirm: 'Take it down',
    consequence: (flag) => `The share of ${flag} goes down stage by stage. It can be paused and stopped on its way.`,
    reachesEverybody: true,
  },
  targeted: {
    label: 'From some users',
    hint: 'Nobody else notices',
    confirm: 'Take it from them',
    consequence: (flag) => `${flag} is off for these users, whatever else is said of them, until they are let in again.`,
    reachesEverybody: false,
  },
  toVersion: {
    label: 'To an earlier version',
    hint: 'Of a component: everybody gets that version again',
    confirm: 'Go back to it',
    consequence: (flag, { environment }) => `Everybody in ${environment} gets the chosen version of ${flag} in one commit.`,
    reachesEverybody: true,
  },
};

/** Null where something is no number. */
export function stagesBack(typed: readonly string[]): readonly number[] | null {
  return stagesIn(typed.join(' '));
}

/** Whether everything is said that this way needs; whether it is right is the server's to say. */
export function isWhole({ way, stages, intervalMinutes, userIds, version }: BackChoices): boolean {
  if (way === 'gradual') return stages.length > 0 && stagesBack(stages) !== null && intervalMinutes > 0;
  if (way === 'targeted') return userIds.length > 0;
  return way === 'kill' || version !== null;
}
