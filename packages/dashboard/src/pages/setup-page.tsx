/** The first person of an installation: comes by the link that the server wrote into its log. */
import { Alert, Button, Center, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useNavigate } from 'react-router';
import { api } from '../api/api.ts';
import { Mark } from '../app/mark.tsx';

export function SetupPage() {
  useDocumentTitle('Set up · Sluice');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const navigate = useNavigate();
  const setup = useMutation({
    mutationFn: async () => {
      await api.session.setUp({ secret: location.hash.slice(1), email, password });
      await api.session.login({ email, password });
    },
    onSuccess: () => navigate('/', { replace: true }),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setup.mutate();
  };
  return (
    <Center mih="100vh" p="md" component="main">
      <Paper withBorder p="xl" w={420} shadow="sm">
        <form onSubmit={submit}>
          <Stack>
            <Mark />
            <div>
              <Title order={1} size="h3">
                Welcome
              </Title>
              <Text c="dimmed" size="sm">
                You become the administrator. Others are let in by you.
              </Text>
            </div>
            <TextInput
              label="E-mail"
              type="email"
              autoComplete="username"
              value={email}
              onChange={({ currentTarget }) => setEmail(currentTarget.value)}
              required
            />
            <PasswordInput
              label="Password"
              description="At least 12 characters"
              autoComplete="new-password"
              minLength={12}
              value={password}
              onChange={({ currentTarget }) => setPassword(currentTarget.value)}
              required
            />
            {location.hash.length < 2 && (
              <Alert color="orange">The link is not whole: open the one that the server wrote into its log.</Alert>
            )}
            {setup.isError && <Alert color="red">{setup.error.message}</Alert>}
            <Button type="submit" loading={setup.isPending}>
              Begin
            </Button>
          </Stack>
        </form>
      </Paper>
    </Center>
  );
}
