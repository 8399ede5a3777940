/** Who one is. */
import { Alert, Button, Center, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useLocation, useNavigate } from 'react-router';
import { api } from '../api/api.ts';
import { Mark } from '../app/mark.tsx';

export function LoginPage() {
  useDocumentTitle('Log in · Sluice');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { state } = useLocation() as { readonly state: { readonly from?: string } | null };
  const login = useMutation({
    mutationFn: () => api.session.login({ email, password }),
    onSuccess: async () => {
      queries.clear();
      await navigate(state?.from ?? '/', { replace: true });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    login.mutate();
  };
  return (
    <Center mih="100vh" p="md" component="main">
      <Paper withBorder p="xl" w={380} shadow="sm">
        <form onSubmit={submit}>
          <Stack>
            <Mark />
            <div>
              <Title order={1} size="h3">
                Log in
              </Title>
              <Text c="dimmed" size="sm">
                See what is moving, and take it back in a second.
              </Text>
            </div>
            <TextInput
              label="E-mail"
              type="email"
              autoComplete="username"
              value={email}
              onChange={({ currentTarget }) => setEmail(currentTarget.value)}
              required
              data-autofocus
            />
            <PasswordInput
              label="Password"
              autoComplete="current-password"
              value={password}
              onChange={({ currentTarget }) => setPassword(currentTarget.value)}
              required
            />
            {login.isError && <Alert color="red">{login.error.message}</Alert>}
            <Button type="submit" loading={login.isPending}>
              Log in
            </Button>
          </Stack>
        </form>
      </Paper>
    </Center>
  );
}
