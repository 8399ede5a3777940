/** Rules in the order in which they are asked, each with whom it is for and what they get. */
import { ActionIcon, Button, Group, NumberInput, Paper, Select, Stack, Text } from '@mantine/core';
import type { FlagSettings } from '@sluice/core';
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { conditionInWords } from '../differences/condition-words.ts';
import { newId } from './clauses.ts';
import { ConditionEditor } from './condition-editor.tsx';
import { IssuesBelow, useIssue } from './issues.tsx';

type Rule = NonNullable<FlagSettings['rules']>[number];

interface RuleRow {
  readonly id: string;
  readonly rule: Rule;
}

export interface RulesEditorProps {
  readonly rules: readonly Rule[];
  readonly onChange: (rules: readonly Rule[]) => void;
  readonly variants: readonly string[];
  readonly onVariant: string;
  readonly segments: readonly string[];
}

export function RulesEditor({ rules, onChange, variants, onVariant, segments }: RulesEditorProps) {
  const [rows, setRows] = useState<readonly RuleRow[]>(() => rules.map((rule) => ({ id: newId(), rule })));
  const change = (changed: readonly RuleRow[]): void => {
    setRows(changed);
    onChange(changed.map(({ rule }) => rule));
  };
  const moved = (from: number, to: number): void => {
    const others = rows.filter((_, index) => index !== from);
    const row = rows[from];
    if (row !== undefined) change([...others.slice(0, to), row, ...others.slice(to)]);
  };
  const add = (): void => change([...rows, { id: newId(), rule: { if: {}, variant: onVariant } }]);
  return (
    <Stack gap="sm">
      {rows.length === 0 && (
        <Text size="sm" c="dimmed">
          No rule: whoever the conditions let through is drawn by the share.
        </Text>
      )}
      {rows.map(({ id, rule }, index) => (
        <Paper key={id} withBorder p="sm" radius="md" component="fieldset" aria-label={`Rule ${index + 1}`} m={0}>
          <RuleHead
            index={index}
            isLast={index === rows.length - 1}
            rule={rule}
            onMove={(to) => moved(index, to)}
            onRemove={() => change(rows.filter((row) => row.id !== id))}
          />
          <RuleFields
            rule={rule}
            index={index}
            variants={variants}
            segments={segments}
            onChange={(changed) => change(rows.map((row) => (row.id === id ? { id, rule: changed } : row)))}
          />
        </Paper>
      ))}
      <Group>
        <Button size="compact-sm" variant="default" leftSection={<IconPlus size={16} />} onClick={add}>
          Rule
        </Button>
      </Group>
      <IssuesBelow pointer="/rules" told={rows.map((_, index) => `/rules/${index}`)} />
    </Stack>
  );
}

interface RuleHeadProps {
  readonly index: number;
  readonly isLast: boolean;
  readonly rule: Rule;
  readonly onMove: (to: number) => void;
  readonly onRemove: () => void;
}

function RuleHead({ index, isLast, rule, onMove, onRemove }: RuleHeadProps) {
  const button = { variant: 'subtle', color: 'gray' } as const;
  return (
    <Group justify="space-between" wrap="nowrap" mb="xs" align="flex-start">
      <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
        Rule {index + 1}
        <Text span size="sm" c="dimmed" fw={400}>
          {' '}
          for {conditionInWords(rule.if)}
        </Text>
      </Text>
      <Group gap={2} wrap="nowrap">
        <ActionIcon
          {...button}
          aria-label={`Ask rule ${index + 1} earlier`}
          disabled={index === 0}
          onClick={() => onMove(index - 1)}
        >
          <IconArrowUp size={16} />
        </ActionIcon>
        <ActionIcon {...button} aria-label={`Ask rule ${index + 1} later`} disabled={isLast} onClick={() => onMove(index + 1)}>
          <IconArrowDown size={16} />
        </ActionIcon>
        <ActionIcon {...button} aria-label={`Take rule ${index + 1} out`} onClick={onRemove}>
          <IconTrash size={16} />
        </ActionIcon>
      </Group>
    </Group>
  );
}

interface RuleFieldsProps {
  readonly rule: Rule;
  readonly index: number;
  readonly variants: readonly string[];
  readonly segments: readonly string[];
  readonly onChange: (rule: Rule) => void;
}

function RuleFields({ rule, index, variants, segments, onChange }: RuleFieldsProps) {
  const pointer = `/rules/${index}`;
  return (
    <Stack gap="xs">
      <ConditionEditor
        condition={rule.if}
        onChange={(condition) => onChange({ ...rule, if: condition })}
        pointer={`${pointer}/if`}
        segments={segments}
        whenEmpty="Holds for everybody who gets here."
      />
      <RuleOutcome rule={rule} pointer={pointer} variants={variants} onChange={onChange} />
      <IssuesBelow pointer={pointer} told={[`${pointer}/if`, `${pointer}/variant`, `${pointer}/rolloutPercentage`]} />
    </Stack>
  );
}

const SHARE = 'a share of them';
const FIRST_SHARE = 10;

function RuleOutcome({
  rule,
  pointer,
  variants,
  onChange,
}: Omit<RuleFieldsProps, 'index' | 'segments'> & { readonly pointer: string }) {
  const variantIssue = useIssue(`${pointer}/variant`);
  const shareIssue = useIssue(`${pointer}/rolloutPercentage`);
  const isShare = !('variant' in rule);
  const served = isShare ? '' : rule.variant;
  const known = [...new Set([...variants, ...(isShare ? [] : [served])])];
  const choices = [
    { group: 'They all get', items: known.map((name) => ({ value: `variant ${name}`, label: name })) },
    { group: 'They are drawn', items: [{ value: SHARE, label: SHARE }] },
  ];
  const choose = (chosen: string | null): void =>
    onChange(
      chosen === SHARE || chosen === null
        ? { if: rule.if, rolloutPercentage: FIRST_SHARE }
        : { if: rule.if, variant: chosen.slice('variant '.length) },
    );
  return (
    <Group gap="xs" align="flex-start">
      <Text size="sm" mt={8}>
        They get
      </Text>
      <Select
        aria-label="What they get"
        w={180}
        data={choices}
        value={isShare ? SHARE : `variant ${served}`}
        onChange={choose}
        allowDeselect={false}
        error={variantIssue}
      />
      {isShare && (
        <NumberInput
          aria-label="Share of them"
          w={120}
          value={rule.rolloutPercentage}
          onChange={(value) => onChange({ if: rule.if, rolloutPercentage: value as number })}
          min={0}
          max={100}
          decimalScale={3}
          suffix=" %"
          error={shareIssue}
        />
      )}
    </Group>
  );
}
