/** Makes a token of a program, and shows how the program connects with it. */
import { SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useAct } from '../../api/acting.tsx';
import type { AnswerTo, Place } from '../../api/answers.ts';
import { api } from '../../api/api.ts';
import { queries } from '../../api/queries.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { MadeSecret } from '../../parts/made-secret.tsx';
import { Connect } from '../../parts/snippet.tsx';
import type { TokenKind } from '../../parts/snippets.ts';
import { LifetimeSelect, lifetimeOf } from './lifetime.tsx';

type Made = AnswerTo<'tokens', 'create'>;

const KINDS = [
  { value: 'server', label: 'Server', hint: 'Of a backend, kept secret: it evaluates by itself and reports what it measured.' },
  { value: 'client', label: 'Client', hint: 'Of a page or an app, read by anybody: it has values evaluated by the server.' },
] as const;

export function MakeToken({ place }: { readonly place: Place }) {
  const [isOpen, { open, close }] = useDisclosure();
  const [kind, setKind] = useState<TokenKind>('server');
  const [label, setLabel] = useState('');
  const [environment, setEnvironment] = useState(place.environment);
  const [lifetime, setLifetime] = useState('');
  const [made, setMade] = useState<Made | null>(null);
  const make = useAct<void, Made>({
    send: (_input, idempotencyKey) =>
      api.tokens.create(
        { project: place.project, kind, label: label.trim(), boundTo: environment, ...lifetimeOf(lifetime) },
        { idempotencyKey },
      ),
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
        title="New token of a program"
        submit="Make it"
        isOpen={isOpen}
        onOpen={open}
        onClose={close}
        isReady={label.trim() !== ''}
        isRunning={make.isRunning}
        onSubmit={() => make.run()}
      >
        <div>
          <SegmentedControl
            fullWidth
            aria-label="Kind"
            data={[...KINDS]}
            value={kind}
            onChange={(value) => setKind(value as TokenKind)}
          />
          <Text size="sm" c="dimmed" mt={4}>
            {KINDS.find(({ value }) => value === kind)?.hint}
          </Text>
        </div>
        <TextInput
          data-autofocus
          label="Name"
          description="Of the program that has it, such as checkout-service"
          value={label}
          onChange={({ currentTarget }) => setLabel(currentTarget.value)}
          maxLength={256}
          required
        />
        <EnvironmentSelect project={place.project} value={environment} onChange={setEnvironment} />
        <LifetimeSelect value={lifetime} onChange={setLifetime} />
      </FormDialog>
      {made !== null && <MadeToken made={made} onClose={() => setMade(null)} />}
    </>
  );
}

function MadeToken({ made: { token, secret }, onClose }: { readonly made: Made; readonly onClose: () => void }) {
  const kind = token.kind === 'client' ? 'client' : 'server';
  return (
    <MadeSecret title={`The token ${token.label}`} secret={secret} onClose={onClose}>
      <Stack gap="xs">
        <Text fw={600} size="sm">
          Connect with it
        </Text>
        <Connect kind={kind} secret={secret} />
      </Stack>
    </MadeSecret>
  );
}

interface EnvironmentSelectProps {
  readonly project: string;
  readonly value: string;
  readonly onChange: (environment: string) => void;
}

function EnvironmentSelect({ project, value, onChange }: EnvironmentSelectProps) {
  const { data: projects = [] } = useQuery(queries.projects());
  const environments = projects.find(({ key }) => key === project)?.environments ?? [];
  return (
    <Select
      label="Environment"
      description="The only one in which it may do anything"
      data={environments.map(({ key }) => key)}
      value={value}
      onChange={(chosen) => onChange(chosen ?? value)}
      allowDeselect={false}
    />
  );
}
