/** How the evidence of harm grew towards its threshold. */
import { Group, Progress, Stack, Text } from '@mantine/core';
import type { RolloutStatus } from '../api/answers.ts';
import { ChartKey } from './chart-key.tsx';
import { LazyChart } from './lazy-chart.tsx';
import { counted, unbroken } from './numbers.ts';

interface EvidenceChartProps {
  readonly criterion: string;
  readonly points: RolloutStatus['evidence'];
  readonly now: { readonly at: number; readonly logE: number };
  readonly neededLogE: number;
}

export function EvidenceChart({ criterion, points, now, neededLogE }: EvidenceChartProps) {
  const trail = points.flatMap(({ at, logE }) => (logE[criterion] === undefined ? [] : [{ at, logE: logE[criterion] }]));
  const drawn = [...trail.filter(({ at }) => at < now.at), now];
  const grown = Math.max(0, Math.min(1, now.logE / neededLogE));
  const said = `Evidence of harm ${odds(now.logE)}; it is taken back from ${odds(neededLogE)} on`;
  return (
    <Stack gap={4}>
      <Group gap="sm" wrap="nowrap">
        <Progress flex={1} value={grown * 100} color={grown >= 1 ? 'red' : 'water'} aria-label={said} />
        <Text size="xs" c="dimmed" className="tabular" style={{ whiteSpace: 'nowrap' }}>
          {odds(now.logE)} of {odds(neededLogE)}
        </Text>
      </Group>
      {drawn.length > 1 && (
        <>
          <LazyChart
            label={said}
            times={drawn.map(({ at }) => at)}
            height={130}
            format={odds}
            range={[0, Math.max(neededLogE, ...drawn.map(({ logE }) => logE))]}
            ticks={[0, neededLogE / 2, neededLogE]}
            lines={[
              { label: 'Evidence of harm', values: drawn.map(({ logE }) => logE), color: '--sluice-water' },
              { label: 'Harm', values: drawn.map(() => neededLogE), color: '--sluice-harm', kind: 'threshold' },
            ]}
          />
          <ChartKey
            entries={[
              { label: 'evidence of harm', color: '--sluice-water' },
              { label: 'taken back from here on', color: '--sluice-harm', isDashed: true },
            ]}
          />
        </>
      )}
    </Stack>
  );
}

/** Evidence as in `12 : 1`. */
function odds(logE: number): string {
  if (logE > 13.8) return unbroken('> 1,000,000 : 1');
  const value = Math.exp(logE);
  return unbroken(`${value < 0.01 ? '< 0.01' : counted(Number(value.toPrecision(2)))} : 1`);
}
