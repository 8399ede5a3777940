/** Waits for the first time that a program asks for the flag, and says so. */
import { Alert, Group, Loader, Text } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { Flag, Place } from '../../api/answers.ts';
import { queries } from '../../api/queries.ts';
import { Asked } from '../asked.tsx';
import { FlagActions } from '../flag-actions.tsx';
import { counted } from '../numbers.ts';

const LOOK_MS = 1_000;

export function SeeItLive({ place, flag: name }: { readonly place: Place; readonly flag: string }) {
  const stats = useQuery({ ...queries.flagStats(place, name), refetchInterval: LOOK_MS });
  const flag = useQuery(queries.flag(place, name));
  return (
    <Asked query={stats} rows={1}>
      {({ evaluations, byVariant }) =>
        evaluations === 0 ? (
          <Group gap="sm" role="status">
            <Loader size="sm" />
            <Text size="sm">Waits for the first program that asks for {name}. Start yours: this changes by itself.</Text>
          </Group>
        ) : (
          <>
            <Alert color="teal" icon={<IconCircleCheck />} title={`${name} is live`} role="status">
              It was asked for {counted(evaluations)} {evaluations === 1 ? 'time' : 'times'}:{' '}
              {Object.entries(byVariant)
                .map(([variant, count]) => `${variant} ${counted(count)}`)
                .join(', ')}
              .
            </Alert>
            {flag.data !== undefined && (
              <Group gap="sm">
                <Text size="sm">{whatNow(flag.data)}</Text>
                <FlagActions flag={flag.data} place={place} />
              </Group>
            )}
          </>
        )
      }
    </Asked>
  );
}

function whatNow({ status, shareOwner }: Flag): string {
  if (status === 'disabled') return 'It is off. Switch it on, and see the answer change:';
  if (shareOwner !== null) return `A ${shareOwner.kind === 'rollout' ? 'rollout' : 'test'} has its share. It can be taken back:`;
  return 'It is on. Roll it out, or take it back:';
}
