/** Makes a token of a program, and shows how the program connects with it. */
import { SegmentedControl, Select, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Place } from '../../api/answers.ts';
import { api } from '../../api/api.ts';
import { queries } from '../../api/queries.ts';
import { Connect } from '../../parts/snippet.tsx';
import type { TokenKind } from '../../parts/snippets.ts';
import { TokenDialog } from './token-dialog.tsx';

const KINDS = [
  { value: 'server', label: 'Server', hint: 'Of a backend, kept secret: it evaluates by itself and reports what it measured.' },
  { value: 'client', label: 'Client', hint: 'Of a page or an app, read by anybody: it has values evaluated by the server.' },
] as const;

export function MakeToken({ place: { project, environment: here } }: { readonly place: Place }) {
  const [kind, setKind] = useState<TokenKind>('server');
  const [environment, setEnvironment] = useState(here);
  return (
    <TokenDialog
      title="New token of a program"
      description="Of the program that has it, such as checkout-service"
      lifetime=""
      send={(token, idempotencyKey) => api.tokens.create({ project, kind, boundTo: environment, ...token }, { idempotencyKey })}
      next={({ token, secret }) => (
        <Stack gap="xs">
          <Text fw={600} size="sm">
            Connect with it
          </Text>
          <Connect kind={token.kind === 'client' ? 'client' : 'server'} secret={secret} />
        </Stack>
      )}
      before={<KindSelect kind={kind} onChange={setKind} />}
      after={<EnvironmentSelect project={project} value={environment} onChange={setEnvironment} />}
    />
  );
}

interface KindSelectProps {
  readonly kind: TokenKind;
  readonly onChange: (kind: TokenKind) => void;
}

function KindSelect({ kind, onChange }: KindSelectProps) {
  return (
    <div>
      <SegmentedControl
        fullWidth
        aria-label="Kind"
        data={[...KINDS]}
        value={kind}
        onChange={(value) => onChange(value as TokenKind)}
      />
      <Text size="sm" c="dimmed" mt={4}>
        {KINDS.find(({ value }) => value === kind)?.hint}
      </Text>
    </div>
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
