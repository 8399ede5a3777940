/** The head of a view, and what stands below it. */
import { Anchor, Group, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { type ReactNode, useState } from 'react';

/** Letters of what is shown whole at once: what people write about a flag may be ten thousand long. */
const SHOWN = 600;

export interface ViewProps {
  readonly title: string;
  readonly hint?: string;
  /** Beside the title. */
  readonly sign?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

export function View({ title, hint, sign, actions, children }: ViewProps) {
  useDocumentTitle(`${title} · Sluice`);
  return (
    <Stack gap="md" maw={1180} mx="auto">
      <Group justify="space-between" align="flex-start">
        <Stack gap={2} miw={0}>
          <Group gap="sm">
            <Title order={1} size="h3" style={{ overflowWrap: 'anywhere' }}>
              {title}
            </Title>
            {sign}
          </Group>
          {hint !== undefined && hint !== '' && <Hint text={hint} />}
        </Stack>
        <Group gap="xs">{actions}</Group>
      </Group>
      {children}
    </Stack>
  );
}

function Hint({ text }: { readonly text: string }) {
  const [isWhole, setIsWhole] = useState(false);
  const isLong = text.length > SHOWN;
  return (
    <>
      <Text c="dimmed" size="sm" style={{ overflowWrap: 'anywhere' }} {...(isLong && !isWhole && { lineClamp: 4 })}>
        {text}
      </Text>
      {isLong && (
        <Anchor component="button" size="sm" ta="start" aria-expanded={isWhole} onClick={() => setIsWhole(!isWhole)}>
          {isWhole ? 'Show less' : 'Show all of it'}
        </Anchor>
      )}
    </>
  );
}
