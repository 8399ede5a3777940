/** What a person can do with a test as it stands. */
import { Select } from '@mantine/core';
import { IconPlayerPlay, IconPlayerStop, IconRocket } from '@tabler/icons-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useAct } from '../api/acting.tsx';
import type { Place, Test } from '../api/answers.ts';
import { api } from '../api/api.ts';
import { addressIn } from '../app/place.ts';
import { Reasoned } from './reasoned.tsx';
import { FIRST_CHOICES, settingsOf } from './rollout-choices.ts';

interface TestCommandsProps {
  readonly test: Test;
  readonly winner: string | null;
  readonly place: Place;
}

export function TestCommands({ test, winner, place }: TestCommandsProps) {
  if (test.archivedAt !== null) return null;
  if (test.phase === 'draft') return <Start test={test} place={place} />;
  if (test.phase === 'stopped') return test.shippedVariant === null ? <Ship test={test} winner={winner} place={place} /> : null;
  return <Stop test={test} place={place} />;
}

function Start({ test: { testId, trafficShare }, place }: { readonly test: Test; readonly place: Place }) {
  const start = useAct<string>({
    send: (reason, idempotencyKey) => api.experiments.start({ ...place, test: testId, reason }, { idempotencyKey }),
    done: () => `${testId} runs`,
  });
  return (
    <Reasoned
      label="Start"
      consequence={`The arms open to ${trafficShare * 100} % of those who are eligible, and what they meet counts from now on.`}
      icon={<IconPlayerPlay size={16} />}
      isRunning={start.isRunning}
      onConfirm={start.run}
      isReasonNeeded={place.environment === 'production'}
    />
  );
}

function Stop({ test: { testId }, place }: { readonly test: Test; readonly place: Place }) {
  const stop = useAct<string>({
    send: (reason, idempotencyKey) => api.experiments.stop({ ...place, test: testId, reason }, { idempotencyKey }),
    done: () => `${testId} is stopped; everybody gets the control`,
  });
  return (
    <Reasoned
      label="Stop"
      consequence="Everybody gets the control again. The results stay, and a winner can be shipped. A test that was stopped does not start again."
      icon={<IconPlayerStop size={16} />}
      isRunning={stop.isRunning}
      onConfirm={stop.run}
      isReasonNeeded
      button={{ variant: 'light', color: 'red' }}
    />
  );
}

function Ship({ test: { testId, arms }, winner, place }: TestCommandsProps) {
  const treatments = arms.slice(1).map(({ variant }) => variant);
  const won = winner !== null && treatments.includes(winner) ? winner : null;
  const [chosen, setChosen] = useState<string | null>(null);
  const variant = chosen ?? won;
  const navigate = useNavigate();
  const ship = useAct<string>({
    send: (reason, idempotencyKey) =>
      api.experiments.ship(
        {
          ...place,
          test: testId,
          settings: settingsOf(FIRST_CHOICES),
          ...(variant === null ? {} : { variant }),
          reason,
        },
        { idempotencyKey },
      ),
    done: () => `The rollout of ${variant} has begun`,
    onDone: () => void navigate(addressIn(place, 'rollouts', testId)),
  });
  return (
    <Reasoned
      label={won === null ? 'Ship an arm' : 'Ship the winner'}
      consequence={
        won === null
          ? 'No arm has won. One may be rolled out nevertheless, as a canary that is judged at every stage; the history says that it was chosen by hand.'
          : `${won} has won. It is rolled out as a canary, 1 % first, judged at every stage by its error rate; harm takes it back.`
      }
      icon={<IconRocket size={16} />}
      isRunning={ship.isRunning}
      onConfirm={ship.run}
      isReasonNeeded
      isUnready={variant === null}
      button={{ variant: won === null ? 'light' : 'filled' }}
    >
      <Select label="Arm" data={treatments} value={variant} onChange={setChosen} allowDeselect={false} />
    </Reasoned>
  );
}
