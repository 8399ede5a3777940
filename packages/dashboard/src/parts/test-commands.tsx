/** What a person can do with a test as it stands. */
import { IconArchive, IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react';
import { useNavigate } from 'react-router';
import { useAct } from '../api/acting.tsx';
import type { Place, Test } from '../api/answers.ts';
import { api } from '../api/api.ts';
import { useIsProtected } from '../api/protection.ts';
import { addressIn } from '../app/place.ts';
import { Reasoned } from './reasoned.tsx';
import { ShipTest } from './ship-test.tsx';
import { startConsequence, stopConsequence } from './test-words.ts';

interface TestCommandsProps {
  readonly test: Test;
  readonly winner: string | null;
  readonly place: Place;
}

export function TestCommands({ test, winner, place }: TestCommandsProps) {
  if (test.archivedAt !== null) return null;
  if (test.phase === 'running' || test.phase === 'scheduled') return <Stop test={test} place={place} />;
  return (
    <>
      {test.phase === 'draft' && <Start test={test} place={place} />}
      {test.phase === 'stopped' && test.shippedVariant === null && <ShipTest test={test} winner={winner} place={place} />}
      <Archive test={test} place={place} />
    </>
  );
}

function Start({ test, place }: { readonly test: Test; readonly place: Place }) {
  const { testId, startsAt } = test;
  const isProtected = useIsProtected(place);
  const start = useAct<string>({
    send: (reason, idempotencyKey) => api.experiments.start({ ...place, test: testId, reason }, { idempotencyKey }),
    done: () => (startsAt === null ? `${testId} runs` : `${testId} begins at its planned time`),
  });
  return (
    <Reasoned
      label="Start"
      consequence={startConsequence(test)}
      icon={<IconPlayerPlay size={16} />}
      isRunning={start.isRunning}
      onConfirm={start.run}
      isReasonNeeded={isProtected}
    />
  );
}

function Stop({ test, place }: { readonly test: Test; readonly place: Place }) {
  const { testId } = test;
  const stop = useAct<string>({
    send: (reason, idempotencyKey) => api.experiments.stop({ ...place, test: testId, reason }, { idempotencyKey }),
    done: () => `${testId} is stopped; everybody gets the control`,
  });
  return (
    <Reasoned
      label="Stop"
      consequence={stopConsequence(test)}
      icon={<IconPlayerStop size={16} />}
      isRunning={stop.isRunning}
      onConfirm={stop.run}
      isReasonNeeded
      button={{ variant: 'light', color: 'red' }}
    />
  );
}

function Archive({ test: { testId, phase }, place }: { readonly test: Test; readonly place: Place }) {
  const navigate = useNavigate();
  const archive = useAct<string>({
    send: (reason, idempotencyKey) => api.experiments.archive({ ...place, test: testId, reason }, { idempotencyKey }),
    done: () => `${testId} is put away`,
    onDone: () => void navigate(addressIn(place, 'tests')),
  });
  const kept = phase === 'draft' ? 'It never ran.' : 'Its results can still be read at its address.';
  return (
    <Reasoned
      label="Archive"
      consequence={`It leaves the list. ${kept} Its name is not used again, and its flag is archived with it unless an arm was shipped.`}
      icon={<IconArchive size={16} />}
      isRunning={archive.isRunning}
      onConfirm={archive.run}
      isReasonNeeded
      button={{ variant: 'default' }}
    />
  );
}
