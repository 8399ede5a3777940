/** What a person can do with a rollout as it stands. */
import { IconArrowForward, IconCheck, IconPlayerPause, IconPlayerPlay, IconX } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useAct } from '../api/acting.tsx';
import type { Place, RolloutStatus } from '../api/answers.ts';
import { api } from '../api/api.ts';
import { usePermitted } from '../api/permitted.ts';
import { useIsProtected } from '../api/protection.ts';
import { isMoving } from './phase-badge.tsx';
import { Reasoned } from './reasoned.tsx';

type CommandName = 'approve' | 'approveStart' | 'reject' | 'pause' | 'resume' | 'promote' | 'abort';

interface Command {
  readonly name: CommandName;
  readonly label: string;
  readonly consequence: string;
  readonly icon: ReactNode;
  readonly color?: string;
  /** Not only those of the next stage, of whom the evidence speaks. */
  readonly reachesEverybody?: boolean;
}

const SIZE = 16;
const COMMANDS: Readonly<Record<CommandName, Command>> = {
  approve: { name: 'approve', label: 'Approve', consequence: 'The next stage opens.', icon: <IconCheck size={SIZE} /> },
  approveStart: {
    name: 'approveStart',
    label: 'Approve the start',
    consequence: 'The rollout begins.',
    icon: <IconCheck size={SIZE} />,
  },
  reject: {
    name: 'reject',
    label: 'Reject',
    consequence: 'What waits is refused, and everybody has what they had before.',
    icon: <IconX size={SIZE} />,
    color: 'red',
    reachesEverybody: true,
  },
  pause: {
    name: 'pause',
    label: 'Pause',
    consequence: 'It stays where it is. Harm still takes it back.',
    icon: <IconPlayerPause size={SIZE} />,
  },
  resume: {
    name: 'resume',
    label: 'Resume',
    consequence: 'It goes on with the rest of its bake.',
    icon: <IconPlayerPlay size={SIZE} />,
  },
  promote: {
    name: 'promote',
    label: 'Promote',
    consequence: 'The next stage opens now. It is recorded as without evidence.',
    icon: <IconArrowForward size={SIZE} />,
    reachesEverybody: true,
  },
  abort: {
    name: 'abort',
    label: 'Abort',
    consequence: 'Everybody gets what they had before the rollout.',
    icon: <IconX size={SIZE} />,
    color: 'red',
    reachesEverybody: true,
  },
};

export function RolloutCommands({ rollout, place }: { readonly rollout: RolloutStatus; readonly place: Place }) {
  const mayApprove = usePermitted()('rollouts.approve', place.project);
  const [asked, setAsked] = useState<CommandName | null>(null);
  const now = possible(rollout, mayApprove);
  // A rollout moves on while somebody types why: their dialog stays, and the server says whether it can still be done.
  const shown = asked === null || now.includes(asked) ? now : [...now, asked];
  return shown.map((name) => (
    <CommandButton
      key={name}
      command={COMMANDS[name]}
      flag={rollout.flag}
      place={place}
      isLate={!now.includes(name)}
      onAsk={(isAsked) => setAsked(isAsked ? name : null)}
    />
  ));
}

/** Whoever may not approve can still take it back; for others that is to reject it. */
function possible(rollout: RolloutStatus, mayApprove: boolean): readonly CommandName[] {
  const { phase, state } = rollout;
  if (!isMoving(rollout)) return [];
  if (state.name === 'pending') return state.approvalSince === null || !mayApprove ? ['abort'] : ['approveStart', 'reject'];
  if (phase === 'awaiting_approval') return mayApprove ? ['approve', 'reject'] : ['abort'];
  const promote = mayApprove ? (['promote'] as const) : [];
  if (phase === 'held') return ['resume', ...promote, 'abort'];
  if (phase === 'preflight') return ['abort'];
  return ['pause', ...promote, 'abort'];
}

interface CommandButtonProps {
  readonly command: Command;
  readonly flag: string;
  readonly place: Place;
  /** It was possible when its dialog was opened. */
  readonly isLate: boolean;
  /** Its dialog was opened or closed. */
  readonly onAsk: (isAsked: boolean) => void;
}

function CommandButton({ command, flag, place, isLate, onAsk }: CommandButtonProps) {
  const isProtected = useIsProtected(place);
  const act = useAct<string>({
    send: (reason, idempotencyKey) => api.rollouts[command.name]({ ...place, flag, reason }, { idempotencyKey }),
    done: () => `${flag}: ${command.label.toLowerCase()}, done`,
  });
  const isFirst = command.name === 'approve' || command.name === 'approveStart' || command.name === 'resume';
  return (
    <Reasoned
      label={command.label}
      consequence={isLate ? `The rollout has moved on meanwhile. ${command.consequence}` : command.consequence}
      onAsk={onAsk}
      icon={command.icon}
      isRunning={act.isRunning}
      onConfirm={act.run}
      isReasonNeeded={isProtected}
      {...(isProtected && command.reachesEverybody === true ? { mustType: flag } : {})}
      button={{ variant: isFirst ? 'filled' : 'light', ...(command.color === undefined ? {} : { color: command.color }) }}
    />
  );
}
