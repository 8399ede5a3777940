/** The share of a rollout over time: a step at every transition of the log. */
import { Text } from '@mantine/core';
import type { HistoryEvent, RolloutStatus } from '../api/answers.ts';
import { LazyChart } from './lazy-chart.tsx';
import { useNow } from './moment.tsx';
import { needsMarks, shareMarks } from './share-marks.ts';
import { shareSteps } from './share-steps.ts';

interface ShareChartProps {
  readonly rollout: Pick<RolloutStatus, 'flag' | 'endedAt' | 'stagePercentages'>;
  /** Of this rollout alone. */
  readonly events: readonly HistoryEvent[];
}

const NOW_EVERY_MS = 5_000;

export function ShareChart({ rollout: { flag, endedAt, stagePercentages }, events }: ShareChartProps) {
  const now = useNow(NOW_EVERY_MS);
  const steps = shareSteps(events, endedAt === null ? now : Date.parse(endedAt));
  const [first, last] = [steps[0], steps.at(-1)];
  if (first === undefined || last === undefined)
    return (
      <Text size="sm" c="dimmed">
        Nobody has the change by it yet.
      </Text>
    );
  // From nothing, a moment before it began.
  const drawn = [{ at: first.at - 1, percentage: 0 }, ...steps];
  const marks = shareMarks([...stagePercentages, last.percentage]);
  return (
    <LazyChart
      label={`Share of ${flag} over time: ${steps.map(({ percentage }) => `${percentage} %`).join(', ')}`}
      times={drawn.map(({ at }) => at)}
      lines={[
        {
          label: 'Share',
          values: drawn.map(({ percentage }) => percentage),
          color: '--sluice-water',
          kind: 'step',
          isFilled: true,
        },
      ]}
      format={(value) => `${value} %`}
      range={[0, Math.max(...marks)]}
      {...(needsMarks(marks) ? { marks } : {})}
      height={170}
    />
  );
}
