/** A rollout in a list: what moves, how far, and what it waits for. */
import { Group, Paper, Stack, Text } from '@mantine/core';
import { Link } from 'react-router';
import type { Place, RolloutStatus } from '../api/answers.ts';
import { addressIn } from '../app/place.ts';
import { duration } from './durations.ts';
import { Moment } from './moment.tsx';
import { isMoving, PhaseBadge } from './phase-badge.tsx';
import { StageTrack } from './stage-track.tsx';
import { waitsFor } from './waits-for.ts';

export function RolloutCard({ rollout, place }: { readonly rollout: RolloutStatus; readonly place: Place }) {
  const { flag, strategy, bakeRemainingMs, endedAt, startedAt } = rollout;
  return (
    <Paper component={Link} to={addressIn(place, 'rollouts', flag)} withBorder p="md" radius="md" className="row-link">
      <Stack gap="xs">
        <Group justify="space-between" gap={4}>
          <Group gap="xs" maw="100%">
            <Text fw={650} className="row-name" style={{ overflowWrap: 'anywhere' }}>
              {flag}
            </Text>
            <PhaseBadge rollout={rollout} />
            <Text size="sm" c="dimmed">
              {STRATEGY_NAMES[strategy]}
            </Text>
          </Group>
          {isMoving(rollout) && bakeRemainingMs !== null && bakeRemainingMs > 0 ? (
            <Text size="sm" c="dimmed" className="tabular" style={{ whiteSpace: 'nowrap' }}>
              {duration(bakeRemainingMs)} of bake left
            </Text>
          ) : (
            <Group gap={4} wrap="nowrap">
              <Text size="sm" c="dimmed">
                {sinceWhen(rollout)}
              </Text>
              <Moment at={endedAt ?? startedAt} />
            </Group>
          )}
        </Group>
        {isMoving(rollout) && <StageTrack rollout={rollout} isCompact />}
        <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {whatItDoes(rollout)}
        </Text>
      </Stack>
    </Paper>
  );
}

export const STRATEGY_NAMES: Readonly<Record<RolloutStatus['strategy'], string>> = {
  canary: 'canary',
  blueGreen: 'blue-green',
  percentage: 'percentage',
  ring: 'rings',
  rollback: 'gradual rollback',
};

function sinceWhen({ endedAt, state }: RolloutStatus): string {
  if (endedAt !== null) return 'ended';
  return state.name === 'pending' ? 'asked for' : 'begun';
}

function whatItDoes(rollout: RolloutStatus): string {
  const { error, endedBecause, currentPercentage } = rollout;
  const awaited = waitsFor(rollout);
  if (awaited !== null) return `Waits for ${awaited}`;
  return error ?? endedBecause ?? `Everybody who is meant has it: ${currentPercentage} %`;
}
