/** How a rollout or a flag stands, in one word and one colour. */
import { Badge } from '@mantine/core';
import type { Flag, RolloutStatus } from '../api/answers.ts';

const PHASES: Readonly<Record<RolloutStatus['phase'], { readonly color: string; readonly label: string }>> = {
  pending: { color: 'gray', label: 'pending' },
  preflight: { color: 'gray', label: 'preflight' },
  baking: { color: 'water', label: 'baking' },
  awaiting_approval: { color: 'orange', label: 'needs approval' },
  held: { color: 'orange', label: 'held' },
  finalizing: { color: 'water', label: 'soaking' },
  rolling_back: { color: 'red', label: 'rolling back' },
  completed: { color: 'teal', label: 'completed' },
  failed: { color: 'red', label: 'taken back' },
  rolled_back: { color: 'red', label: 'rolled back' },
  aborted: { color: 'gray', label: 'aborted' },
  superseded: { color: 'gray', label: 'superseded' },
};

/** It failed before anybody had it. */
const NOT_BEGUN = { color: 'red', label: 'not begun' };

export function PhaseBadge({ rollout: { phase, state } }: { readonly rollout: Pick<RolloutStatus, 'phase' | 'state'> }) {
  const { color, label } = state.name === 'preflightFailed' ? NOT_BEGUN : PHASES[phase];
  return (
    <Badge color={color} variant="light" tt="none">
      {label}
    </Badge>
  );
}

export function isMoving({ endedAt }: Pick<RolloutStatus, 'endedAt'>): boolean {
  return endedAt === null;
}

const STATUSES: Readonly<Record<Flag['status'], { readonly color: string; readonly label: string }>> = {
  disabled: { color: 'gray', label: 'off' },
  percentage: { color: 'water', label: 'part' },
  enabled: { color: 'teal', label: 'on' },
  whitelist: { color: 'grape', label: 'named users' },
};

export function StatusBadge({ flag }: { readonly flag: Pick<Flag, 'status' | 'servedPercentage'> }) {
  const { color, label } = STATUSES[flag.status];
  const isShare = flag.status === 'percentage';
  return (
    <Badge color={isShare ? shareColor(flag.servedPercentage) : color} variant="light" tt="none" className="tabular">
      {isShare ? `${flag.servedPercentage} %` : label}
    </Badge>
  );
}

/** As of what is off, of what is on, and of what is between. */
function shareColor(percentage: number): string {
  if (percentage === 0) return STATUSES.disabled.color;
  return percentage === 100 ? STATUSES.enabled.color : STATUSES.percentage.color;
}
