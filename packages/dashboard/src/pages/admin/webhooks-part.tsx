/** Webhooks: where events are told, whether that works, and what could not be told. */
import { Alert, Badge, Button, Group, Paper, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconSend } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useAct } from '../../api/acting.tsx';
import { adminQueries, type Webhook } from '../../api/admin-queries.ts';
import type { Place } from '../../api/answers.ts';
import { api } from '../../api/api.ts';
import { Asked } from '../../parts/asked.tsx';
import { MadeSecret } from '../../parts/made-secret.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Nothing } from '../../parts/nothing.tsx';
import { Reasoned } from '../../parts/reasoned.tsx';
import { Section } from '../../parts/section.tsx';
import { DeadLetters } from './dead-letters.tsx';
import { WebhookForm } from './webhook-form.tsx';

export function WebhooksPart({ place }: { readonly place: Place }) {
  const webhooks = useQuery(adminQueries.webhooks(place.project));
  const [secret, setSecret] = useState<{ readonly key: string; readonly secret: string } | null>(null);
  return (
    <Section title="Webhooks" aside={<WebhookForm place={place} onSecret={setSecret} />}>
      <Text size="sm" c="dimmed">
        Each is told every event of the project that it asks for, in order and at least once, signed as Standard Webhooks, or as a
        message to a channel.
      </Text>
      {secret !== null && (
        <MadeSecret title={`The secret of ${secret.key}`} secret={secret.secret} onClose={() => setSecret(null)}>
          The receiver checks with it that a message is from here.
        </MadeSecret>
      )}
      <Asked query={webhooks}>
        {(all) =>
          all.length === 0 ? (
            <Nothing
              title="Nobody is told"
              hint="A webhook tells a channel or a program when a rollout waits, moves or is taken back."
            />
          ) : (
            <Stack gap="sm">
              {all.map((webhook) => (
                <WebhookCard key={webhook.key} webhook={webhook} place={place} onSecret={setSecret} />
              ))}
            </Stack>
          )
        }
      </Asked>
    </Section>
  );
}

interface WebhookCardProps {
  readonly webhook: Webhook;
  readonly place: Place;
  readonly onSecret: (made: { readonly key: string; readonly secret: string }) => void;
}

function WebhookCard({ webhook, place, onSecret }: WebhookCardProps) {
  const { key, url, format, types, environments, isDisabled, goneAt, deadCount } = webhook;
  const wants = types.length === 0 ? 'every event' : types.join(', ');
  const where = environments.length === 0 ? 'every environment' : environments.join(', ');
  return (
    <Paper withBorder p="sm" component="section" aria-label={`Webhook ${key}`}>
      <Stack gap="xs">
        <Group justify="space-between" align="flex-start">
          <Stack gap={2} miw={0}>
            <Group gap="xs">
              <Text fw={600} size="sm">
                {key}
              </Text>
              <Badge variant="default" tt="none">
                {format}
              </Badge>
              <HealthBadge webhook={webhook} />
            </Group>
            <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
              {url} is told {wants} of {where}
            </Text>
          </Stack>
          <WebhookButtons webhook={webhook} place={place} onSecret={onSecret} />
        </Group>
        {isDisabled && goneAt !== null ? <Gone at={goneAt} /> : <Failing webhook={webhook} />}
        {deadCount > 0 && <DeadLetters webhook={webhook} place={place} />}
      </Stack>
    </Paper>
  );
}

/** Nobody is there: trying again would be of no use. */
function Gone({ at }: { readonly at: number }) {
  return (
    <Alert color="red" p="xs">
      It was switched off <Moment at={at} isPlain />: its receiver answered 410 Gone, which is to say that it will never be there
      again. Whoever switches it on has it told what happens from then on.
    </Alert>
  );
}

function Failing({ webhook: { failingSince, retryAt } }: { readonly webhook: Webhook }) {
  if (failingSince === null) return null;
  return (
    <Alert color="orange" p="xs">
      It has not worked since <Moment at={failingSince} isPlain />
      {retryAt !== null && (
        <>
          , and is tried again <Moment at={retryAt} isPlain />
        </>
      )}
      .
    </Alert>
  );
}

function HealthBadge({ webhook: { isDisabled, failingSince, goneAt } }: { readonly webhook: Webhook }) {
  const off = goneAt === null ? (['gray', 'off'] as const) : (['red', 'gone'] as const);
  const on = failingSince === null ? (['teal', 'works'] as const) : (['orange', 'failing'] as const);
  const [color, said] = isDisabled ? off : on;
  return (
    <Badge variant="light" color={color} tt="none">
      {said}
    </Badge>
  );
}

function WebhookButtons({ webhook: { key, isDisabled }, place: { project }, onSecret }: WebhookCardProps) {
  const change = useAct<boolean>({
    send: (off, idempotencyKey) => api.webhooks.set({ project, key, settings: { isDisabled: off } }, { idempotencyKey }),
    done: (off) => `${key} is ${off ? 'told nothing for now' : 'told what happens'}`,
    undo: (off, idempotencyKey) => api.webhooks.set({ project, key, settings: { isDisabled: !off } }, { idempotencyKey }),
  });
  const renew = useAct<string, { readonly secret: string | null }>({
    send: (reason, idempotencyKey) => api.webhooks.renewSecret({ project, key, reason }, { idempotencyKey }),
    onDone: ({ secret }) => onSecret({ key, secret: secret ?? '' }),
  });
  const remove = useAct<string>({
    send: (reason, idempotencyKey) => api.webhooks.delete({ project, key, reason }, { idempotencyKey }),
    done: () => `${key} is told nothing more`,
  });
  const small = { size: 'compact-sm', variant: 'default' } as const;
  return (
    <Group gap="xs">
      <TestButton project={project} webhook={key} />
      <Button {...small} onClick={() => change.run(!isDisabled)} loading={change.isRunning}>
        {isDisabled ? 'Switch on' : 'Switch off'}
      </Button>
      <Reasoned
        label="New secret"
        consequence="The old secret signs nothing more: the receiver has to know the new one at once."
        isRunning={renew.isRunning}
        onConfirm={renew.run}
        button={small}
      />
      <Reasoned
        label="Delete"
        consequence={`${key} is told nothing more, and its dead letters are forgotten.`}
        isReasonNeeded
        isRunning={remove.isRunning}
        onConfirm={remove.run}
        button={{ size: 'compact-sm', variant: 'light', color: 'red' }}
      />
    </Group>
  );
}

function TestButton({ project, webhook }: { readonly project: string; readonly webhook: string }) {
  const test = useMutation({
    mutationFn: () => api.webhooks.test({ project, key: webhook }),
    onSuccess: ({ isTaken, problem }) =>
      notifications.show(
        isTaken
          ? { color: 'teal', message: `${webhook} took the message` }
          : { color: 'orange', title: `${webhook} did not take the message`, message: problem },
      ),
    onError: ({ message }) => notifications.show({ color: 'red', title: 'It could not be sent', message }),
  });
  return (
    <Button
      size="compact-sm"
      variant="light"
      leftSection={<IconSend size={14} />}
      loading={test.isPending}
      onClick={() => test.mutate()}
    >
      Send a test
    </Button>
  );
}
