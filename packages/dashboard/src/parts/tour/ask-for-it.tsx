/** A token and the shortest program that asks for the flag, in the chosen language. */
import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { useState } from 'react';
import { useAct } from '../../api/acting.tsx';
import type { AnswerTo, Place } from '../../api/answers.ts';
import { api } from '../../api/api.ts';
import { usePermitted } from '../../api/permitted.ts';
import { LanguageSelect, Snippet } from '../snippet.tsx';
import { LANGUAGES, type LanguageName, type TokenKind } from '../snippets.ts';

export function AskForIt({ place, flag }: { readonly place: Place; readonly flag: string }) {
  const [chosen, setChosen] = useState<LanguageName>('TypeScript');
  const [secrets, setSecrets] = useState<Partial<Record<TokenKind, string>>>({});
  const { tokenKind } = LANGUAGES[chosen];
  return (
    <Stack gap="sm">
      <Group align="flex-end">
        <LanguageSelect chosen={chosen} onChoose={setChosen} />
        {secrets[tokenKind] === undefined && (
          <MakeOne place={place} kind={tokenKind} onMade={(secret) => setSecrets({ ...secrets, [tokenKind]: secret })} />
        )}
      </Group>
      {secrets[tokenKind] !== undefined && (
        <Alert color="yellow" p="xs" icon={<IconKey size={18} />}>
          The token stands in the program below. Copy it now: it is kept nowhere, and cannot be shown again.
        </Alert>
      )}
      <Snippet flag={flag} secrets={secrets} chosen={chosen} />
    </Stack>
  );
}

interface MakeOneProps {
  readonly place: Place;
  readonly kind: TokenKind;
  readonly onMade: (secret: string) => void;
}

function MakeOne({ place: { project, environment }, kind, onMade }: MakeOneProps) {
  const permitted = usePermitted();
  const make = useAct<void, AnswerTo<'tokens', 'create'>>({
    send: (_input, idempotencyKey) =>
      api.tokens.create(
        { project, kind, label: `first steps (${kind})`, boundTo: environment, reason: 'first steps on the page' },
        { idempotencyKey },
      ),
    onDone: ({ secret }) => onMade(secret),
  });
  if (!permitted('access.manage', project))
    return (
      <Text size="sm" c="dimmed">
        An administrator makes you a {kind} token of {environment}.
      </Text>
    );
  return (
    <Button variant="light" leftSection={<IconKey size={16} />} onClick={() => make.run()} loading={make.isRunning}>
      Make a {kind} token for it
    </Button>
  );
}
