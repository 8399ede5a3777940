/** Off at once, on again, and a rollout. */
import { Button, Group } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPower, IconRipple } from '@tabler/icons-react';
import { useAct } from '../api/acting.tsx';
import type { Flag, Place } from '../api/answers.ts';
import { api } from '../api/api.ts';
import { useIsProtected } from '../api/protection.ts';
import { Reasoned } from './reasoned.tsx';
import { RollBack } from './roll-back.tsx';
import { StartRollout } from './start-rollout.tsx';

export function FlagActions({ flag, place }: { readonly flag: Flag; readonly place: Place }) {
  const [isOpen, { open, close }] = useDisclosure();
  if (flag.isArchived) return null;
  const isOff = flag.status === 'disabled';
  return (
    <Group gap="xs">
      {flag.shareOwner === null && !isOff && (
        <>
          <Button size="sm" variant="light" leftSection={<IconRipple size={16} />} onClick={open}>
            Roll out
          </Button>
          {isOpen && <StartRollout flag={flag} place={place} onClose={close} />}
        </>
      )}
      {!isOff && <RollBack flag={flag.name} place={place} isQuiet />}
      {isOff ? <SwitchOn flag={flag} place={place} /> : <Kill flag={flag} place={place} />}
    </Group>
  );
}

function Kill({ flag: { name }, place }: { readonly flag: Flag; readonly place: Place }) {
  const isProtected = useIsProtected(place);
  const kill = useAct<string>({
    send: (reason, idempotencyKey) => api.flags.kill({ ...place, key: name, reason }, { idempotencyKey }),
    done: () => `${name} is off for everybody`,
    // In a protected environment nothing comes back everywhere at once.
    ...(isProtected
      ? {}
      : {
          undo: (_reason, key) =>
            api.flags.unkill({ ...place, key: name, reason: 'undone on the page' }, { idempotencyKey: key }),
        }),
  });
  return (
    <Reasoned
      label="Kill"
      consequence={`${name} goes off for everybody in ${place.environment} at once. Its percentage is kept, so that it can be switched on again.`}
      isReasonNeeded
      isRunning={kill.isRunning}
      onConfirm={kill.run}
      button={{ color: 'red' }}
      icon={<IconPower size={16} />}
      {...(isProtected ? { mustType: name } : {})}
    />
  );
}

function SwitchOn({ flag: { name, rolloutPercentage }, place }: { readonly flag: Flag; readonly place: Place }) {
  const isProtected = useIsProtected(place);
  const restore = useAct<string>({
    send: (reason, idempotencyKey) => api.flags.unkill({ ...place, key: name, reason }, { idempotencyKey }),
    done: () => `${name} is on again`,
  });
  return (
    <Reasoned
      label="Switch on"
      consequence={`${name} serves ${rolloutPercentage} % again, as before it was switched off.`}
      isReasonNeeded
      isRunning={restore.isRunning}
      onConfirm={restore.run}
      icon={<IconPower size={16} />}
      {...(isProtected ? { mustType: name } : {})}
    />
  );
}
