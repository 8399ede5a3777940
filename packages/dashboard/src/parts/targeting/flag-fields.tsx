/** Fields of a flag that are one value each: status, share, and what it is. */
import { Group, NumberInput, Select, SimpleGrid, Slider, Textarea, TextInput } from '@mantine/core';
import { InstantInput } from '../instant-input.tsx';
import type { ChangeDraft, Draft } from './draft.ts';
import { useIssue } from './issues.tsx';
import { NamesInput } from './names-fields.tsx';

export interface FlagFieldsProps {
  readonly draft: Draft;
  readonly onChange: ChangeDraft;
}

type Status = NonNullable<Draft['status']>;
const STATUSES: readonly { readonly value: Status; readonly label: string }[] = [
  { value: 'disabled', label: 'Off for everybody' },
  { value: 'whitelist', label: 'On for those who are named' },
  { value: 'percentage', label: 'On for a share' },
  { value: 'enabled', label: 'On for all who may be in' },
];

/** Of a flag that is on for all the share is 100, and not said besides. */
export function StatusFields({ draft, onChange }: FlagFieldsProps) {
  const [statusIssue, shareIssue] = [useIssue('/status'), useIssue('/rolloutPercentage')];
  const isWhole = draft.status === 'enabled';
  const percentage = isWhole ? 100 : (draft.rolloutPercentage ?? 0);
  const choose = (status: Status): void =>
    onChange({ status, rolloutPercentage: status === 'enabled' ? undefined : percentage } as Partial<Draft>);
  const setShare = (value: number | string): void => onChange({ rolloutPercentage: value as number });
  return (
    <Group align="flex-start" gap="lg">
      <Select
        label="Status"
        w={{ base: '100%', xs: 240 }}
        data={STATUSES}
        value={draft.status ?? 'disabled'}
        onChange={(status) => choose((status ?? 'disabled') as Status)}
        allowDeselect={false}
        error={statusIssue}
      />
      <NumberInput
        label="Share"
        w={110}
        value={percentage}
        onChange={setShare}
        min={0}
        max={100}
        decimalScale={3}
        suffix=" %"
        disabled={isWhole}
        error={shareIssue}
      />
      <Slider
        flex={1}
        miw={180}
        mt={32}
        value={Number(percentage)}
        onChange={setShare}
        disabled={isWhole}
        label={(value) => `${value} %`}
        thumbLabel="Share of units that are in"
      />
    </Group>
  );
}

export function AboutFields({ draft, onChange }: FlagFieldsProps) {
  const [description, owner, expires, bucketBy] = [
    useIssue('/description'),
    useIssue('/owner'),
    useIssue('/expires'),
    useIssue('/bucketBy'),
  ];
  /** Nothing typed is nothing, and no empty text. */
  const orNull = (text: string): string | null => (text === '' ? null : text);
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <Textarea
        label="What it is for"
        value={draft.description ?? ''}
        onChange={({ currentTarget }) => onChange({ description: currentTarget.value })}
        autosize
        minRows={2}
        maxRows={12}
        error={description}
      />
      <NamesInput label="Tags" names={draft.tags ?? []} onChange={(tags) => onChange({ tags })} pointer="/tags" />
      <TextInput
        label="Owner"
        value={draft.owner ?? ''}
        onChange={({ currentTarget }) => onChange({ owner: orNull(currentTarget.value) })}
        error={owner}
      />
      <InstantInput
        label="Expires"
        value={draft.expires ?? null}
        onChange={(instant) => onChange({ expires: instant })}
        error={expires}
      />
      <TextInput
        label="Drawn by"
        description="An attribute such as tenant; nothing is the user"
        value={draft.bucketBy ?? ''}
        onChange={({ currentTarget }) => onChange({ bucketBy: orNull(currentTarget.value) })}
        error={bucketBy}
      />
    </SimpleGrid>
  );
}
