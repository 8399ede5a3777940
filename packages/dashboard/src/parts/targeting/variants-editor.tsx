/** What a flag can serve: names, typed values, which one is off and which on, and how those that are in divide. */
import {
  ActionIcon,
  Button,
  Flex,
  Group,
  NumberInput,
  Select,
  Stack,
  Switch,
  Table,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { weightsOf } from '../differences/settings-words.ts';
import { StackedCell, StackedTable } from '../stacked-table.tsx';
import { newId } from './clauses.ts';
import type { ChangeDraft, Draft } from './draft.ts';
import { IssuesBelow, useIssue } from './issues.tsx';
import { ScalarInput } from './operand-input.tsx';
import { freeName, rowProblem, rowsOf, textOf, type VariantRow, variantsOf } from './variant-rows.ts';

const COLUMNS = ['Name', 'Value', 'Remove'].map((name) => ({ name }));
const WEIGHTED_COLUMNS = ['Name', 'Value', 'Weight', 'Remove'].map((name) => ({ name }));

export interface VariantsEditorProps {
  readonly draft: Draft;
  readonly onChange: ChangeDraft;
  /** Whether something typed cannot be sent yet. */
  readonly onUnready: (isUnready: boolean) => void;
}

export function VariantsEditor({ draft, onChange, onUnready }: VariantsEditorProps) {
  const [rows, setRows] = useState<readonly VariantRow[]>(() => rowsOf(draft.variants ?? {}));
  const weights = weightsOf(draft);
  const change = (changed: readonly VariantRow[], more: Partial<Draft> = {}): void => {
    setRows(changed);
    const isUnready = changed.some((row) => rowProblem(row, changed) !== null);
    onUnready(isUnready);
    if (!isUnready) onChange({ variants: variantsOf(changed), ...more });
  };
  const rename = (row: VariantRow, name: string): void =>
    change(
      rows.map((other) => (other.id === row.id ? { ...row, name } : other)),
      renamed(draft, weights, row.name, name),
    );
  return (
    <Stack gap="sm">
      <StackedTable label="Variants" columns={Object.keys(weights).length > 0 ? WEIGHTED_COLUMNS : COLUMNS}>
        {rows.map((row) => (
          <VariantFields
            key={row.id}
            row={row}
            rows={rows}
            weight={Object.keys(weights).length > 0 ? (weights[row.name] ?? 0) : null}
            onName={(name) => rename(row, name)}
            onChange={(changed) => change(rows.map((other) => (other.id === row.id ? changed : other)))}
            onWeight={(weight) => onChange({ split: { ...weights, [row.name]: weight } })}
            onRemove={() => change(rows.filter((other) => other.id !== row.id))}
          />
        ))}
      </StackedTable>
      <IssuesBelow pointer="/variants" told={[]} />
      <IssuesBelow pointer="/split" told={[]} />
      <Group justify="space-between">
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconPlus size={16} />}
          onClick={() => change([...rows, { id: newId(), name: freeName(rows), value: '', json: null }])}
        >
          Variant
        </Button>
        <WeightSwitch draft={draft} onChange={onChange} names={rows.map(({ name }) => name)} />
      </Group>
      <ServedVariants draft={draft} onChange={onChange} names={rows.map(({ name }) => name)} />
    </Stack>
  );
}

/** What names a variant in the same form follows it. */
function renamed(
  { offVariant, onVariant, split }: Draft,
  weights: Readonly<Record<string, number>>,
  from: string,
  to: string,
): Partial<Draft> {
  return {
    ...(offVariant === from ? { offVariant: to } : {}),
    ...(onVariant === from ? { onVariant: to } : {}),
    ...(split !== undefined && Object.hasOwn(weights, from)
      ? { split: Object.fromEntries(Object.entries(weights).map(([name, weight]) => [name === from ? to : name, weight])) }
      : {}),
  };
}

interface VariantFieldsProps {
  readonly row: VariantRow;
  readonly rows: readonly VariantRow[];
  /** Null where all who are in get one variant. */
  readonly weight: number | null;
  readonly onName: (name: string) => void;
  readonly onChange: (row: VariantRow) => void;
  readonly onWeight: (weight: number) => void;
  readonly onRemove: () => void;
}

function VariantFields({ row, rows, weight, onName, onChange, onWeight, onRemove }: VariantFieldsProps) {
  const problem = rowProblem(row, rows);
  return (
    <Table.Tr style={{ verticalAlign: 'top' }}>
      <StackedCell of="Name">
        <TextInput
          aria-label="Name of the variant"
          value={row.name}
          onChange={({ currentTarget }) => onName(currentTarget.value)}
          error={row.json === null ? problem : null}
        />
      </StackedCell>
      <StackedCell of="Value">
        {row.json === null ? (
          <Flex gap={6} direction={{ base: 'column', sm: 'row' }} align="flex-start">
            <ScalarInput
              value={row.value}
              onChange={(value) => onChange({ ...row, value })}
              error={null}
              label={`Value of ${row.name}`}
            />
            <Button
              size="compact-sm"
              mt={4}
              variant="subtle"
              color="gray"
              onClick={() => onChange({ ...row, json: textOf(row.value) })}
            >
              JSON
            </Button>
          </Flex>
        ) : (
          <JsonInput row={row} json={row.json} onChange={onChange} problem={problem} />
        )}
      </StackedCell>
      {weight !== null && (
        <StackedCell of="Weight">
          <NumberInput
            aria-label={`Weight of ${row.name}`}
            value={weight}
            onChange={(value) => onWeight(value === '' ? 0 : Number(value))}
            min={0}
            max={100}
            decimalScale={3}
            suffix=" %"
          />
        </StackedCell>
      )}
      <StackedCell of="Remove">
        <ActionIcon variant="subtle" color="gray" mt={4} aria-label={`Take the variant ${row.name} out`} onClick={onRemove}>
          <IconTrash size={16} />
        </ActionIcon>
      </StackedCell>
    </Table.Tr>
  );
}

interface JsonInputProps extends Pick<VariantFieldsProps, 'row' | 'onChange'> {
  readonly json: string;
  readonly problem: string | null;
}

function JsonInput({ row, json, onChange, problem }: JsonInputProps) {
  const typed = (text: string): void => {
    const next = { ...row, json: text };
    onChange(rowProblem(next, [next]) === null ? { ...next, value: JSON.parse(text) } : next);
  };
  return (
    <Textarea
      aria-label={`Value of ${row.name} as JSON`}
      classNames={{ input: 'monospace' }}
      autosize
      minRows={1}
      maxRows={10}
      value={json}
      onChange={({ currentTarget }) => typed(currentTarget.value)}
      error={problem}
    />
  );
}

interface NamedProps {
  readonly draft: Draft;
  readonly onChange: ChangeDraft;
  readonly names: readonly string[];
}

function WeightSwitch({ draft, onChange, names }: NamedProps) {
  const isDivided = Object.keys(weightsOf(draft)).length > 0;
  return (
    <Switch
      label="Divide those who are in by weight"
      checked={isDivided}
      onChange={({ currentTarget }) =>
        onChange({ split: currentTarget.checked ? evenly(names.filter((name) => name !== draft.offVariant)) : {} })
      }
    />
  );
}

/** Three decimals, and what is left to the first. */
function evenly(names: readonly string[]): Readonly<Record<string, number>> {
  const each = Math.floor(100_000 / Math.max(1, names.length));
  return Object.fromEntries(
    names.map((name, index) => [name, (index === 0 ? 100_000 - each * (names.length - 1) : each) / 1000]),
  );
}

function ServedVariants({ draft, onChange, names }: NamedProps) {
  const [offIssue, onIssue] = [useIssue('/offVariant'), useIssue('/onVariant')];
  const common = { data: [...new Set(names)], allowDeselect: false, w: 190 };
  return (
    <>
      <Group align="flex-start">
        <Select
          {...common}
          label="Off"
          description="Whoever is not in"
          value={draft.offVariant ?? null}
          onChange={(name) => onChange({ offVariant: name ?? '' })}
          error={offIssue}
        />
        <Select
          {...common}
          label="On"
          description="Whoever is in"
          value={draft.onVariant ?? null}
          onChange={(name) => onChange({ onVariant: name ?? '' })}
          error={onIssue}
        />
      </Group>
      <Text size="xs" c="dimmed">
        Variants are the same in all environments of the project; which one is off or on, and weights, are of this one.
      </Text>
    </>
  );
}
