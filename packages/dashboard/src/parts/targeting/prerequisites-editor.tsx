/** What other flags must serve a unit before this one serves it anything but off. */
import { ActionIcon, Autocomplete, Button, Group, MultiSelect, Stack, Text } from '@mantine/core';
import type { FlagSettings } from '@sluice/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { memo, useState } from 'react';
import type { Flag } from '../../api/answers.ts';
import { newId } from './clauses.ts';
import { IssuesBelow, useIssue } from './issues.tsx';

type Prerequisite = NonNullable<FlagSettings['prerequisites']>[number];

interface Row {
  readonly id: string;
  readonly needed: Prerequisite;
}

export interface PrerequisitesEditorProps {
  readonly prerequisites: readonly Prerequisite[];
  readonly onChange: (prerequisites: readonly Prerequisite[]) => void;
  readonly flags: readonly Flag[];
}

export const PrerequisitesEditor = memo(function PrerequisitesEditor({
  prerequisites,
  onChange,
  flags,
}: PrerequisitesEditorProps) {
  const [rows, setRows] = useState<readonly Row[]>(() => prerequisites.map((needed) => ({ id: newId(), needed })));
  const change = (changed: readonly Row[]): void => {
    setRows(changed);
    onChange(changed.map(({ needed }) => needed));
  };
  return (
    <Stack gap="xs">
      {rows.length === 0 && (
        <Text size="sm" c="dimmed">
          It asks for nothing of other flags.
        </Text>
      )}
      {rows.map(({ id, needed }, index) => (
        <PrerequisiteRow
          key={id}
          needed={needed}
          pointer={`/prerequisites/${index}`}
          flags={flags}
          onChange={(changed) => change(rows.map((row) => (row.id === id ? { id, needed: changed } : row)))}
          onRemove={() => change(rows.filter((row) => row.id !== id))}
        />
      ))}
      <Group>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconPlus size={16} />}
          onClick={() => change([...rows, { id: newId(), needed: { flag: '', variants: [] } }])}
        >
          Prerequisite
        </Button>
      </Group>
      <IssuesBelow pointer="/prerequisites" told={rows.map((_, index) => `/prerequisites/${index}`)} />
    </Stack>
  );
});

interface RowProps {
  readonly needed: Prerequisite;
  readonly pointer: string;
  readonly flags: readonly Flag[];
  readonly onChange: (needed: Prerequisite) => void;
  readonly onRemove: () => void;
}

function PrerequisiteRow({ needed, pointer, flags, onChange, onRemove }: RowProps) {
  const issue = useIssue(pointer);
  const flag = flags.find(({ name }) => name === needed.flag);
  const variants = [...new Set([...Object.keys(flag?.variants ?? {}), ...needed.variants])];
  return (
    <Group gap={6} align="flex-start" wrap="nowrap">
      <Group gap={6} flex={1} align="flex-start">
        <Autocomplete
          aria-label="Flag that is needed"
          placeholder="flag"
          flex={1}
          miw={150}
          data={flags.map(({ name }) => name)}
          limit={20}
          value={needed.flag}
          onChange={(name) => onChange({ ...needed, flag: name })}
          error={issue}
        />
        <MultiSelect
          aria-label="Variants that it must serve"
          placeholder={needed.variants.length === 0 ? 'must serve' : ''}
          flex={1}
          miw={150}
          data={variants}
          value={[...needed.variants]}
          onChange={(chosen) => onChange({ ...needed, variants: chosen })}
        />
      </Group>
      <ActionIcon variant="subtle" color="gray" mt={4} aria-label="Take this prerequisite out" onClick={onRemove}>
        <IconTrash size={16} />
      </ActionIcon>
    </Group>
  );
}
