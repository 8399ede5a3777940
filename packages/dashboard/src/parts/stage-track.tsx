/** The stages of a rollout as a channel with gates: what is open, what bakes and how far, what comes. */
import { Box, Text, Tooltip } from '@mantine/core';
import type { RolloutStatus } from '../api/answers.ts';
import { type GateState, gates } from './stage-gates.ts';
import classes from './stage-track.module.css';

export interface StageTrackProps {
  readonly rollout: RolloutStatus;
  readonly reached?: number | null;
  readonly isCompact?: boolean;
}

export function StageTrack({ rollout, reached = null, isCompact = false }: StageTrackProps) {
  const shown = gates(rollout, reached);
  const said = shown.map(({ percentage, state }) => `${percentage} % ${WORDS[state]}`).join(', ');
  return (
    <Box className={classes.track} data-compact={isCompact || undefined} role="img" aria-label={`Stages: ${said}`}>
      {shown.map(({ stage, percentage, state, filled }) => (
        <Tooltip key={stage} label={`Stage ${stage + 1}: ${percentage} % · ${WORDS[state]}`}>
          <Box className={classes.reach} data-state={state}>
            <Box className={classes.channel}>
              <Box className={classes.water} style={{ width: `${filled * 100}%` }} />
            </Box>
            <Text className={`${classes.label} tabular`} ta="right">
              {percentage} %
            </Text>
          </Box>
        </Tooltip>
      ))}
    </Box>
  );
}

const WORDS: Readonly<Record<GateState, string>> = {
  passed: 'passed',
  current: 'under way',
  waiting: 'waiting for somebody',
  held: 'held',
  failed: 'taken back here',
  ahead: 'ahead',
};
