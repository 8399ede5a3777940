/** An environment without flags: how the first is made, and how a program asks for it. */
import { Button, Code, Group, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useNavigate } from 'react-router';
import { useAct } from '../api/acting.tsx';
import type { Place } from '../api/answers.ts';
import { api } from '../api/api.ts';
import { addressIn } from '../app/place.ts';
import { Section } from './section.tsx';
import { View } from './view.tsx';

export function FirstFlag({ place }: { readonly place: Place }) {
  return (
    <View title="Welcome" hint={`There is no flag in ${place.environment} yet. Two steps, and something moves.`}>
      <Section title="1 · Create a flag">
        <CreateFlag place={place} />
      </Section>
      <Section title="2 · Ask for it in your program">
        <Snippets />
      </Section>
    </View>
  );
}

export function CreateFlag({ place }: { readonly place: Place }) {
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const navigate = useNavigate();
  const create = useAct({
    send: (_input: undefined, idempotencyKey) =>
      api.flags.set(
        { ...place, key: name, settings: { description }, reason: 'created on the page' },
        { ifRevision: 0, idempotencyKey },
      ),
    done: () => `${name} is there, off for everybody`,
    onDone: () => void navigate(addressIn(place, 'flags', name)),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    create.run(undefined);
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm" maw={520}>
        <TextInput
          label="Name"
          description="As programs write it, such as new_ner_model"
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
          error={nameProblem(name)}
          required
        />
        <TextInput
          label="What it is for"
          value={description}
          onChange={({ currentTarget }) => setDescription(currentTarget.value)}
        />
        <Group>
          <Button type="submit" disabled={name === '' || nameProblem(name) !== null} loading={create.isRunning}>
            Create it, off for everybody
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function nameProblem(name: string): string | null {
  if (name !== name.trim()) return 'must not begin or end with a space';
  return name.length > 256 ? `must have at most 256 characters; it has ${name.length}` : null;
}

const SNIPPETS: Readonly<Record<string, readonly string[]>> = {
  curl: [
    `curl -X POST ${location.origin}/ofrep/v1/evaluate/flags/new_ner_model \\`,
    "  -H 'Authorization: Bearer <token>' -H 'Content-Type: application/json' \\",
    '  -d \'{"context":{"targetingKey":"user-1"}}\'',
  ],
  'Node.js': [
    "import { connect } from '@sluice/client';",
    '',
    `const flags = connect({ url: '${location.origin}', token: '<server token>' });`,
    'await flags.ready();',
    "if (flags.isEnabled('new_ner_model', { userId: 'user-1' })) newModel();",
  ],
  'OpenFeature (web)': [
    "import { OFREPWebProvider } from '@openfeature/ofrep-web-provider';",
    "import { OpenFeature } from '@openfeature/web-sdk';",
    '',
    "await OpenFeature.setContext({ targetingKey: 'user-1' });",
    'await OpenFeature.setProviderAndWait(new OFREPWebProvider({',
    `  baseUrl: '${location.origin}',`,
    "  headers: [['Authorization', 'Bearer <client token>']],",
    '}));',
    "OpenFeature.getClient().getBooleanValue('new_ner_model', false);",
  ],
};

function Snippets() {
  const languages = Object.keys(SNIPPETS);
  const [language, setLanguage] = useState(languages[0] ?? '');
  return (
    <Stack gap="sm">
      <SegmentedControl
        data={languages}
        value={language}
        onChange={setLanguage}
        aria-label="Language"
        style={{ alignSelf: 'flex-start' }}
      />
      <Code block>{SNIPPETS[language]?.join('\n')}</Code>
      <Text size="sm" c="dimmed">
        A token is made under POST /api/v1/projects/…/tokens; it is told once.
      </Text>
    </Stack>
  );
}
