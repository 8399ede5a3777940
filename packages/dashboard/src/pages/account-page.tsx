/** One's own: who one is here, the password, and tokens for the command and for scripts. */
import { Badge, Button, Group, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { EVERY } from '@sluice/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useAct } from '../api/acting.tsx';
import { adminQueries } from '../api/admin-queries.ts';
import type { AnswerTo } from '../api/answers.ts';
import { api } from '../api/api.ts';
import { queries } from '../api/queries.ts';
import { Asked } from '../parts/asked.tsx';
import { FormDialog } from '../parts/form-dialog.tsx';
import { MadeSecret } from '../parts/made-secret.tsx';
import { Section } from '../parts/section.tsx';
import { CopyableCode } from '../parts/snippet.tsx';
import { View } from '../parts/view.tsx';
import { LifetimeSelect, lifetimeOf } from './admin/lifetime.tsx';
import { RevokeToken, TokenList } from './admin/token-list.tsx';

export function AccountPage() {
  const me = useQuery(queries.me());
  return (
    <View title="Your account" hint={me.data?.actor ?? ''}>
      <Asked query={me} rows={1}>
        {({ roles }) => (
          <Group gap="xs">
            {Object.entries(roles ?? {}).map(([project, role]) => (
              <Badge key={project} variant="light" tt="none" size="lg">
                {role} in {project === EVERY ? 'every project' : project}
              </Badge>
            ))}
          </Group>
        )}
      </Asked>
      <OwnTokens />
      <Password />
    </View>
  );
}

function OwnTokens() {
  const tokens = useQuery(adminQueries.ownTokens());
  const revoke = useAct<{ readonly id: string; readonly label: string; readonly reason: string }>({
    send: ({ id, reason }, idempotencyKey) => api.account.revokeToken({ id, reason }, { idempotencyKey }),
    done: ({ label }) => `${label} is refused from now on`,
  });
  return (
    <Section title="Personal tokens" aside={<MakeOwnToken />}>
      <Text size="sm" c="dimmed">
        For the command and for scripts. With one, they may do what you may, in your name.
      </Text>
      <Asked query={tokens}>
        {(all) => (
          <TokenList
            tokens={all}
            revokeButton={({ id, label }) => (
              <RevokeToken label={label} isRunning={revoke.isRunning} onConfirm={(reason) => revoke.run({ id, label, reason })} />
            )}
          />
        )}
      </Asked>
    </Section>
  );
}

type Made = AnswerTo<'account', 'createToken'>;

function MakeOwnToken() {
  const [isOpen, { open, close }] = useDisclosure();
  const [label, setLabel] = useState('');
  const [lifetime, setLifetime] = useState('90');
  const [made, setMade] = useState<Made | null>(null);
  const make = useAct<void, Made>({
    send: (_input, idempotencyKey) =>
      api.account.createToken({ label: label.trim(), ...lifetimeOf(lifetime) }, { idempotencyKey }),
    onDone: (answer) => {
      setMade(answer);
      setLabel('');
      close();
    },
  });
  return (
    <>
      <FormDialog
        label="New token"
        title="New token of yours"
        submit="Make it"
        isOpen={isOpen}
        onOpen={open}
        onClose={close}
        isReady={label.trim() !== ''}
        isRunning={make.isRunning}
        onSubmit={() => make.run()}
      >
        <TextInput
          data-autofocus
          label="Name"
          description="Where it is used, such as my laptop"
          value={label}
          onChange={({ currentTarget }) => setLabel(currentTarget.value)}
          maxLength={256}
          required
        />
        <LifetimeSelect value={lifetime} onChange={setLifetime} />
      </FormDialog>
      {made !== null && (
        <MadeSecret title={`The token ${made.token.label}`} secret={made.secret} onClose={() => setMade(null)}>
          <Text size="sm">Give it to the command once, which asks for it:</Text>
          <CopyableCode text={`sluice login --url ${location.origin} --token -`} label="Copy the command" />
        </MadeSecret>
      )}
    </>
  );
}

function Password() {
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const change = useAct({
    send: (_input: undefined, idempotencyKey) => api.account.setPassword({ current, password }, { idempotencyKey }),
    onDone: () => location.assign('/login'),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    change.run(undefined);
  };
  return (
    <Section title="Password">
      <form onSubmit={submit}>
        <Stack maw={420} gap="sm">
          <PasswordInput
            label="The present one"
            autoComplete="current-password"
            value={current}
            onChange={({ currentTarget }) => setCurrent(currentTarget.value)}
            required
          />
          <PasswordInput
            label="A new one"
            description="At least 12 characters. Every session of yours ends, this one too"
            autoComplete="new-password"
            minLength={12}
            value={password}
            onChange={({ currentTarget }) => setPassword(currentTarget.value)}
            required
          />
          <Group>
            <Button type="submit" variant="default" loading={change.isRunning}>
              Change it
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}
