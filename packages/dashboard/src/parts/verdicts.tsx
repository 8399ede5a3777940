/** What each criterion came to, in words, and how far its evidence has grown towards its threshold. */
import { Badge, Group, Progress, Stack, Text } from '@mantine/core';
import type { RolloutStatus } from '../api/answers.ts';
import { Moment } from './moment.tsx';
import { Nothing } from './nothing.tsx';

type Verdict = RolloutStatus['verdicts'][number];

const COLORS: Readonly<Record<Verdict['verdict'], string>> = {
  fail: 'red',
  error: 'orange',
  inconclusive: 'yellow',
  wait: 'gray',
  pass: 'teal',
};

export function Verdicts({ rollout: { verdicts } }: { readonly rollout: RolloutStatus }) {
  if (verdicts.length === 0) return <Nothing title="Nothing was judged yet" hint="Criteria speak once a stage has traffic." />;
  return (
    <Stack gap="md">
      {verdicts.map((verdict) => (
        <Stack key={verdict.criterion} gap={4}>
          <Group justify="space-between" wrap="nowrap">
            <Group gap="xs">
              <Text fw={600} size="sm">
                {verdict.criterion}
              </Text>
              <Badge color={COLORS[verdict.verdict]} variant="light" tt="none">
                {verdict.verdict}
              </Badge>
              {verdict.dryRun && (
                <Badge variant="default" tt="none">
                  shown, not obeyed
                </Badge>
              )}
            </Group>
            <Moment at={verdict.at} />
          </Group>
          <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            {verdict.message}
          </Text>
          {verdict.logE !== undefined && <Evidence logE={verdict.logE} />}
        </Stack>
      ))}
    </Stack>
  );
}

/** Evidence of 1 says nothing; that of 20 and more is harm at the usual 5 %. Drawn by its logarithm. */
const USUAL = Math.log(20);

function Evidence({ logE }: { readonly logE: number }) {
  const grown = Math.max(0, Math.min(1, logE / USUAL));
  return (
    <Group gap="sm" wrap="nowrap">
      <Progress flex={1} value={grown * 100} color={grown >= 1 ? 'red' : 'water'} aria-label="Evidence of harm" />
      <Text size="xs" c="dimmed" className="tabular" w={150} ta="right">
        evidence of harm {Math.exp(logE).toPrecision(2)}
      </Text>
    </Group>
  );
}
