/** Who one is. */
import { Alert, Button, PasswordInput, Text } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation, useNavigate } from 'react-router';
import { api } from '../api/api.ts';
import { EmailField } from '../parts/email-field.tsx';
import { Entrance } from '../parts/entrance.tsx';

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
  return (
    <Entrance title="Log in" hint="See what is moving, and take it back in a second." onSubmit={() => login.mutate()}>
      <EmailField value={email} onChange={setEmail} />
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
      <Text c="dimmed" size="xs">
        A new server has a link in its log: it makes you its administrator. Who has forgotten a password is given a new one by an
        administrator.
      </Text>
    </Entrance>
  );
}
