/** One's own: who one is here, the password, and tokens for the command and for scripts. */
import { Badge, Button, Group, PasswordInput, Stack, Text } from '@mantine/core';
import { EVERY } from '@sluice/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useAct } from '../api/acting.tsx';
import { adminQueries } from '../api/admin-queries.ts';
import { api } from '../api/api.ts';
import { queries } from '../api/queries.ts';
import { Asked } from '../parts/asked.tsx';
import { Section } from '../parts/section.tsx';
import { CopyableCode } from '../parts/snippet.tsx';
import { View } from '../parts/view.tsx';
import { TokenDialog } from './admin/token-dialog.tsx';
import { TokenList } from './admin/token-list.tsx';

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
  return (
    <Section title="Personal tokens" aside={<MakeOwnToken />}>
      <Text size="sm" c="dimmed">
        For the command and for scripts. With one, they may do what you may, in your name.
      </Text>
      <Asked query={tokens}>
        {(all) => (
          <TokenList
            tokens={all}
            whenNone="The command and scripts need one to act in your name."
            revoke={({ id, reason }, idempotencyKey) => api.account.revokeToken({ id, reason }, { idempotencyKey })}
          />
        )}
      </Asked>
    </Section>
  );
}

function MakeOwnToken() {
  return (
    <TokenDialog
      title="New token of yours"
      description="Where it is used, such as my laptop"
      lifetime="90"
      send={(token, idempotencyKey) => api.account.createToken(token, { idempotencyKey })}
      next={() => (
        <>
          <Text size="sm">Give it to the command once, which asks for it:</Text>
          <CopyableCode text={`sluice login --url ${location.origin} --token -`} label="Copy the command" />
        </>
      )}
    />
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
    void change.run(undefined);
  };
  return (
    <Section title="Password">
      <form onSubmit={submit}>
        <Stack maw={420} gap="sm">
          <PasswordInput
            label="Current password"
            autoComplete="current-password"
            value={current}
            onChange={({ currentTarget }) => setCurrent(currentTarget.value)}
            required
          />
          <PasswordInput
            label="New password"
            description="At least 12 characters. Every session of yours ends, this one too"
            autoComplete="new-password"
            minLength={12}
            value={password}
            onChange={({ currentTarget }) => setPassword(currentTarget.value)}
            required
          />
          <Group>
            <Button type="submit" variant="default" loading={change.isRunning}>
              Change the password
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}
