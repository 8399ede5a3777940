/** The red button: off for everybody, step by step, from some users, or back to a version. One click, a reason, one click. */
import { notifications } from '@mantine/notifications';
import { IconArrowBackUp } from '@tabler/icons-react';
import { useState } from 'react';
import { useAct } from '../api/acting.tsx';
import type { AnswerTo, Place } from '../api/answers.ts';
import { api } from '../api/api.ts';
import { useIsProtected } from '../api/protection.ts';
import { FIRST_BACK, isWhole, stagesBack, WAYS_BACK, type WayBack } from './back-choices.ts';
import { BackFields } from './back-fields.tsx';
import { Reasoned } from './reasoned.tsx';

export interface RollBackProps {
  readonly flag: string;
  readonly place: Place;
  /** Beside another red button. */
  readonly isQuiet?: boolean;
}

type Result = AnswerTo<'rollbacks', 'immediate'>;

export function RollBack({ flag, place, isQuiet = false }: RollBackProps) {
  const [choices, setChoices] = useState(FIRST_BACK);
  const isProtected = useIsProtected(place);
  const { way } = choices;
  const { confirm, consequence, reachesEverybody } = WAYS_BACK[way];
  const act = useAct<string, Result>({
    send: (reason, idempotencyKey) => SENT[way]({ ...place, flag, reason }, choices, idempotencyKey),
    done: () => `${flag}: ${confirm.toLowerCase()}, done. Its report stands under Rollbacks`,
    onDone: ({ warnings }) => {
      for (const message of warnings) notifications.show({ color: 'yellow', title: 'Done, but', message, autoClose: false });
    },
  });
  return (
    <Reasoned
      label="Roll back"
      confirm={confirm}
      consequence={consequence(flag, place)}
      isReasonNeeded
      isUnready={!isWhole(choices)}
      isRunning={act.isRunning}
      onConfirm={act.run}
      button={{ color: 'red', variant: isQuiet ? 'light' : 'filled' }}
      icon={<IconArrowBackUp size={16} />}
      {...(reachesEverybody && isProtected ? { mustType: flag } : {})}
    >
      <BackFields choices={choices} onChange={(changed) => setChoices({ ...choices, ...changed })} flag={flag} place={place} />
    </Reasoned>
  );
}

interface Asked extends Place {
  readonly flag: string;
  readonly reason: string;
}

const SENT: Readonly<Record<WayBack, (asked: Asked, choices: typeof FIRST_BACK, key: string) => Promise<Result>>> = {
  kill: (asked, _choices, idempotencyKey) => api.rollbacks.immediate(asked, { idempotencyKey }),
  gradual: (asked, { stages, intervalMinutes }, idempotencyKey) =>
    api.rollbacks.gradual(
      { ...asked, stages: [...(stagesBack(stages) ?? [])], intervalMs: Math.round(intervalMinutes * 60_000) },
      { idempotencyKey },
    ),
  targeted: (asked, { userIds }, idempotencyKey) =>
    api.rollbacks.targeted({ ...asked, userIds: [...userIds] }, { idempotencyKey }),
  toVersion: (asked, { version }, idempotencyKey) =>
    api.rollbacks.immediate({ ...asked, ...(version === null ? {} : { rollbackToVersion: version }) }, { idempotencyKey }),
};
