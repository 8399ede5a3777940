/** What each criterion came to: in words, against the control with its band, and how far its evidence has grown towards its threshold. */
import { Badge, Group, Progress, SimpleGrid, Stack, Text } from '@mantine/core';
import type { RolloutStatus } from '../api/answers.ts';
import { EvidenceChart } from './evidence-chart.tsx';
import { Moment } from './moment.tsx';
import { Nothing } from './nothing.tsx';
import { figure, unbroken } from './numbers.ts';
import { isMoving } from './phase-badge.tsx';
import { type Compared, RatioBand, saidOf } from './ratio-band.tsx';
import { VERDICTS } from './verdict-words.ts';

type Verdict = RolloutStatus['verdicts'][number];
type Criterion = RolloutStatus['criteria'][number];

export interface VerdictsProps {
  readonly rollout: RolloutStatus;
  /** Of the stage before, where the present one was not judged yet; empty where nothing was. */
  readonly earlier: readonly Verdict[];
}

export function Verdicts({ rollout, earlier }: VerdictsProps) {
  const { verdicts: ofNow, criteria, evidence } = rollout;
  const verdicts = ofNow.length === 0 ? earlier : ofNow;
  if (verdicts.length === 0)
    return criteria.length === 0 ? (
      <Nothing title="Nothing judges it" hint="It has no criteria; a validator or a person decides alone." />
    ) : (
      <Nothing
        title={notJudged(rollout)}
        hint={`${criteria.map(({ name }) => name).join(', ')} ${isMoving(rollout) ? 'will be judged once a stage has traffic' : 'had nothing to be judged by'}.`}
      />
    );
  return (
    <Stack gap="xl">
      {ofNow.length === 0 && (
        <Text size="sm" c="dimmed">
          {isMoving(rollout) ? 'This stage was not judged yet. The stage before it came to this:' : 'As it was last judged:'}
        </Text>
      )}
      {verdicts.map((verdict) => (
        <Judged
          key={verdict.criterion}
          verdict={verdict}
          criterion={criteria.find(({ name }) => name === verdict.criterion)}
          evidence={evidence}
        />
      ))}
    </Stack>
  );
}

function notJudged(rollout: RolloutStatus): string {
  if (!isMoving(rollout)) return 'Nothing was judged';
  return rollout.evidence.length > 0 ? 'This stage was not judged yet' : 'Nothing was judged yet';
}

interface JudgedProps {
  readonly verdict: Verdict;
  readonly criterion: Criterion | undefined;
  readonly evidence: RolloutStatus['evidence'];
}

function Judged({ verdict, criterion, evidence }: JudgedProps) {
  const { color, label } = VERDICTS[verdict.verdict];
  return (
    <Stack gap={6} component="article" aria-label={verdict.criterion}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Group gap="xs">
          <Text fw={650}>{verdict.criterion}</Text>
          <Badge color={color} variant="light" tt="none">
            {label}
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
        {unbroken(verdict.message)}
      </Text>
      {criterion !== undefined && <Bound criterion={criterion} value={verdict.value} />}
      {verdict.compared !== undefined && <AgainstControl compared={verdict.compared} verdict={verdict} evidence={evidence} />}
    </Stack>
  );
}

/** A value against the bound that it must keep. */
function Bound({ criterion: { max, min }, value }: { readonly criterion: Criterion; readonly value: number | null }) {
  if (value === null || max === null || max <= 0) return min === null ? null : <Text size="sm">at least {figure(min)}</Text>;
  return (
    <Group gap="sm" wrap="nowrap">
      <Progress
        flex={1}
        value={Math.min(100, (100 * value) / max)}
        color={value > max ? 'red' : 'water'}
        aria-label={`${figure(value)} of at most ${figure(max)}`}
      />
      <Text size="xs" c="dimmed" className="tabular" w={150} ta="right">
        {figure(value)} of at most {figure(max)}
      </Text>
    </Group>
  );
}

interface AgainstControlProps {
  readonly compared: Compared;
  readonly verdict: Verdict;
  readonly evidence: RolloutStatus['evidence'];
}

const COUNTED = { events: 'units that met it', rate: 'of requests', mean: 'on average' } as const;

function AgainstControl({ compared, verdict, evidence }: AgainstControlProps) {
  const { logE = 0, criterion, at } = verdict;
  const { neededLogE, change, control, of } = compared;
  const isHarm = logE >= neededLogE;
  const shown = (value: number): string => (of === 'rate' ? `${figure(value * 100)} %` : figure(value, 4));
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl" verticalSpacing="sm">
      <Stack gap={4}>
        <Group gap="lg">
          <Side label="Change" value={shown(change)} hint={COUNTED[of]} />
          <Side label="Control" value={shown(control)} hint={COUNTED[of]} />
        </Group>
        <RatioBand compared={compared} isHarm={isHarm} />
        <Text size="xs" c="dimmed">
          {saidOf(compared)}
        </Text>
      </Stack>
      <EvidenceChart criterion={criterion} points={evidence} now={{ at, logE }} neededLogE={neededLogE} />
    </SimpleGrid>
  );
}

function Side({ label, value, hint }: { readonly label: string; readonly value: string; readonly hint: string }) {
  return (
    <Stack gap={0}>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <Text size="sm" fw={650} className="tabular">
        {value}{' '}
        <Text span size="xs" c="dimmed" fw={400}>
          {hint}
        </Text>
      </Text>
    </Stack>
  );
}
