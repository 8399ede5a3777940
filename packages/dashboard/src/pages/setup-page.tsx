/** The first person of an installation: comes by the link that the server wrote into its log. */
import { Alert, Button, PasswordInput } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { api } from '../api/api.ts';
import { EmailField } from '../parts/email-field.tsx';
import { Entrance } from '../parts/entrance.tsx';

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
  return (
    <Entrance title="Welcome" hint="You become the administrator. Others are let in by you." onSubmit={() => setup.mutate()}>
      <EmailField value={email} onChange={setEmail} />
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
    </Entrance>
  );
}
