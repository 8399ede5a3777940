/** One rollout: where it is, what it waits for, what speaks for and against it, and the buttons. */
import { Alert, Anchor, Button, Group, SimpleGrid, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import type { HistoryEvent, Place, RolloutStatus } from '../api/answers.ts';
import { usePermitted } from '../api/permitted.ts';
import { queries } from '../api/queries.ts';
import { addressIn, usePlace } from '../app/place.ts';
import { Asked, isGone } from '../parts/asked.tsx';
import { duration } from '../parts/durations.ts';
import { Figure } from '../parts/figure.tsx';
import { Happenings } from '../parts/happenings.tsx';
import { JudgedLines } from '../parts/judged-lines.tsx';
import { lastVerdicts } from '../parts/judged-then.ts';
import { Nothing } from '../parts/nothing.tsx';
import { counted, unbroken } from '../parts/numbers.ts';
import { isMoving, PhaseBadge } from '../parts/phase-badge.tsx';
import { RollBack } from '../parts/roll-back.tsx';
import { RolloutAnswerLine } from '../parts/rollout-answer-line.tsx';
import { STRATEGY_NAMES } from '../parts/rollout-card.tsx';
import { RolloutCommands } from '../parts/rollout-commands.tsx';
import { Section } from '../parts/section.tsx';
import { ShareChart } from '../parts/share-chart.tsx';
import { StageTrack } from '../parts/stage-track.tsx';
import { Verdicts } from '../parts/verdicts.tsx';
import { View } from '../parts/view.tsx';
import { waitsFor } from '../parts/waits-for.ts';

export function RolloutPage() {
  const place = usePlace();
  const { flag = '' } = useParams();
  const rollout = useQuery(queries.rollout(place, flag));
  if (rollout.data === undefined && isGone(rollout.error))
    return (
      <Nothing title={`${flag} has no rollout`} hint={`Nothing of this name is or was rolled out in ${place.environment}.`}>
        <Button component={Link} to={addressIn(place, 'flags', flag)} variant="light">
          Go to the flag
        </Button>
      </Nothing>
    );
  return <Asked query={rollout}>{(status) => <RolloutView rollout={status} place={place} />}</Asked>;
}

function RolloutView({ rollout, place }: { readonly rollout: RolloutStatus; readonly place: Place }) {
  const { flag, number, strategy, warnings } = rollout;
  const history = useQuery(queries.history(place, { kind: 'rollout', key: flag }));
  const own = (history.data ?? []).filter(({ record }) => (record as { readonly number?: number }).number === number);
  const hint = `Rollout ${number} of the flag, ${STRATEGY_NAMES[strategy]}`;
  return (
    <View
      title={flag}
      hint={hint}
      sign={<PhaseBadge rollout={rollout} />}
      actions={
        <>
          <RolloutCommands rollout={rollout} place={place} />
          {(isMoving(rollout) || rollout.phase === 'completed') && <RollBack flag={flag} place={place} />}
        </>
      }
    >
      <RolloutAnswerLine rollout={rollout}>
        <WhereNext rollout={rollout} place={place} />
      </RolloutAnswerLine>
      <Now rollout={rollout} reached={reachedStage(own)} />
      {warnings.length > 0 && (
        <Alert color="yellow" p="sm">
          {warnings.map((warning) => (
            <Text key={warning} size="sm">
              {warning}
            </Text>
          ))}
        </Alert>
      )}
      <Section title="Share over time">
        <Asked query={history} rows={2}>
          {() => <ShareChart rollout={rollout} events={own} />}
        </Asked>
      </Section>
      <Section title="Canary against control">
        <Verdicts rollout={rollout} earlier={lastVerdicts(own)} />
      </Section>
      <Section title="What happened" aside={<FlagLink flag={flag} place={place} />}>
        <Asked query={history}>
          {() => <Happenings events={own} place={place} more={(event) => <JudgedLines event={event} />} />}
        </Asked>
      </Section>
    </View>
  );
}

/** Of a rollout that moves no more: on to what is to be read, or to where it is begun again. Of one that waits: for whom. */
function WhereNext({ rollout: { flag, state, endedAt }, place }: { readonly rollout: RolloutStatus; readonly place: Place }) {
  const mayApprove = usePermitted()('rollouts.approve', place.project);
  const isForApprover = state.name === 'awaitingApproval' || (state.name === 'pending' && state.approvalSince !== null);
  if (isForApprover && !mayApprove) return 'That is for an approver.';
  if (endedAt === null || state.name === 'completed') return null;
  const isHarm = state.name === 'rolledBack' && state.cause === 'harm';
  return (
    <Anchor component={Link} to={addressIn(place, ...(isHarm ? ['rollbacks'] : ['flags', flag]))} size="sm" underline="always">
      {isHarm ? 'All rollbacks and their reports' : 'Go to the flag'}
    </Anchor>
  );
}

function FlagLink({ flag, place }: { readonly flag: string; readonly place: Place }) {
  return (
    <Anchor component={Link} to={addressIn(place, 'flags', flag)} size="sm">
      The flag
    </Anchor>
  );
}

/** The furthest stage that the log says had the traffic; null when none had. */
function reachedStage(events: readonly HistoryEvent[]): number | null {
  const stages = events.map(({ record }) => (record as { readonly phase?: { readonly stage?: number } }).phase?.stage ?? -1);
  const furthest = Math.max(-1, ...stages);
  return furthest < 0 ? null : furthest;
}

function Now({ rollout, reached }: { readonly rollout: RolloutStatus; readonly reached: number | null }) {
  const { currentPercentage, bakeRemainingMs, exposures, stage, stagePercentages, startedAt, endedAt } = rollout;
  const of = stagePercentages.length;
  return (
    <Section title="Stages">
      <StageTrack rollout={rollout} reached={reached} />
      {endedAt === null ? (
        <SimpleGrid cols={{ base: 2, sm: 4 }}>
          <Figure label="Share now" value={`${currentPercentage} %`} />
          <Figure label="Stage" value={stage === null ? 'none yet' : `${stage + 1} of ${of}`} />
          <Figure label="Bake left" value={bakeRemainingMs === null ? '–' : duration(bakeRemainingMs)} />
          <Figure label="Units served in this stage" value={counted(exposures)} />
        </SimpleGrid>
      ) : (
        <SimpleGrid cols={{ base: 2, sm: 3 }}>
          <Figure label="The flag serves" value={`${currentPercentage} %`} />
          <Figure label="Stages reached" value={`${reached === null ? 0 : reached + 1} of ${of}`} />
          <Figure label="It took" value={duration(Date.parse(endedAt) - Date.parse(startedAt))} />
        </SimpleGrid>
      )}
      <Outcome rollout={rollout} />
    </Section>
  );
}

function Outcome({ rollout }: { readonly rollout: RolloutStatus }) {
  const { error, endedBecause, state } = rollout;
  const awaited = waitsFor(rollout);
  if (error !== null)
    return (
      <Alert color="red" title={state.name === 'preflightFailed' ? 'It did not begin' : 'Taken back'} p="sm">
        {unbroken(error)}
      </Alert>
    );
  if (endedBecause !== null) return <Text size="sm">{endedBecause}</Text>;
  if (awaited === null) return null;
  return (
    <Group gap={6}>
      <Text size="sm" c="dimmed">
        Waits for
      </Text>
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        {awaited}
      </Text>
    </Group>
  );
}
