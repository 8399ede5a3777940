/** Rules in the order in which they are asked, each with whom it is for and what they get. */
import { ActionIcon, Box, Button, Group, NumberInput, Paper, Select, Stack, Text } from '@mantine/core';
import type { FlagSettings } from '@sluice/core';
import { IconArrowDown, IconArrowUp, IconChevronDown, IconChevronUp, IconPlus, IconTrash } from '@tabler/icons-react';
import { memo, useState } from 'react';
import { conditionInWords, ruleInWords } from '../differences/condition-words.ts';
import { newId } from './clauses.ts';
import { ConditionEditor } from './condition-editor.tsx';
import { IssuesBelow, useIssue } from './issues.tsx';
import { useStable } from './use-stable.ts';

type Rule = NonNullable<FlagSettings['rules']>[number];

interface RuleRow {
  readonly id: string;
  readonly rule: Rule;
  readonly isNew?: true;
}

/** More rules than these begin as a line each: the fields of fifty are long to look through, and to draw. */
const MOST_UNFOLDED = 8;

export interface RulesEditorProps {
  readonly rules: readonly Rule[];
  readonly onChange: (rules: readonly Rule[]) => void;
  readonly variants: readonly string[];
  readonly onVariant: string;
  readonly segments: readonly string[];
}

export const RulesEditor = memo(function RulesEditor({ rules, onChange, variants, onVariant, segments }: RulesEditorProps) {
  const [rows, setRows] = useState<readonly RuleRow[]>(() => rules.map((rule) => ({ id: newId(), rule })));
  const change = (changed: readonly RuleRow[]): void => {
    setRows(changed);
    onChange(changed.map(({ rule }) => rule));
  };
  const move = useStable((id: string, to: number): void => {
    const others = rows.filter((row) => row.id !== id);
    const row = rows.find((each) => each.id === id);
    if (row !== undefined) change([...others.slice(0, to), row, ...others.slice(to)]);
  });
  const replace = useStable((id: string, changed: Rule | null): void =>
    change(rows.flatMap((row) => (row.id !== id ? [row] : changed === null ? [] : [{ ...row, rule: changed }]))),
  );
  const [isLong] = useState(rows.length > MOST_UNFOLDED);
  const add = (): void => change([...rows, { id: newId(), rule: { if: {}, variant: onVariant }, isNew: true }]);
  return (
    <Stack gap="sm">
      {rows.length === 0 && (
        <Text size="sm" c="dimmed">
          No rule: whoever the conditions let through is drawn by the share.
        </Text>
      )}
      {rows.map((row, index) => (
        <RuleCard
          key={row.id}
          row={row}
          index={index}
          isLast={index === rows.length - 1}
          variants={variants}
          segments={segments}
          isFoldable={isLong}
          onMove={move}
          onReplace={replace}
        />
      ))}
      <Group>
        <Button size="compact-sm" variant="default" leftSection={<IconPlus size={16} />} onClick={add}>
          Rule
        </Button>
      </Group>
      <IssuesBelow pointer="/rules" told={rows.map((_, index) => `/rules/${index}`)} />
    </Stack>
  );
});

interface RuleCardProps {
  readonly row: RuleRow;
  readonly index: number;
  readonly isLast: boolean;
  readonly variants: readonly string[];
  readonly segments: readonly string[];
  readonly isFoldable: boolean;
  readonly onMove: (id: string, to: number) => void;
  /** Null takes it out. */
  readonly onReplace: (id: string, rule: Rule | null) => void;
}

/** Drawn anew when it changes, and not when another rule does. */
const RuleCard = memo(function RuleCard(props: RuleCardProps) {
  const { row, index, isLast, isFoldable, onMove, onReplace, ...known } = props;
  const { id, rule } = row;
  const [fold, setFold] = useState<Fold>(isFoldable && row.isNew === undefined ? 'never opened' : 'open');
  const isFolded = fold !== 'open';
  return (
    <Paper withBorder p="sm" radius="md" component="fieldset" aria-label={`Rule ${index + 1}`} m={0} miw={0}>
      <RuleHead
        index={index}
        isLast={isLast}
        rule={rule}
        onMove={(to) => onMove(id, to)}
        onRemove={() => onReplace(id, null)}
        isFolded={isFolded}
        {...(isFoldable ? { onFold: () => setFold(isFolded ? 'open' : 'folded') } : {})}
      />
      {isFolded && <IssuesBelow pointer={`/rules/${index}`} told={[]} />}
      {fold !== 'never opened' && (
        <Box hidden={isFolded} mt="xs">
          <RuleFields rule={rule} index={index} {...known} onChange={(changed) => onReplace(id, changed)} />
        </Box>
      )}
    </Paper>
  );
});

/** What was begun in fields that are folded is kept. */
type Fold = 'open' | 'folded' | 'never opened';

interface RuleHeadProps {
  readonly index: number;
  readonly isLast: boolean;
  readonly rule: Rule;
  readonly onMove: (to: number) => void;
  readonly onRemove: () => void;
  readonly isFolded: boolean;
  readonly onFold?: () => void;
}

function RuleHead({ index, isLast, rule, onMove, onRemove, isFolded, onFold }: RuleHeadProps) {
  const button = { variant: 'subtle', color: 'gray' } as const;
  const name = `rule ${index + 1}`;
  return (
    <Group justify="space-between" wrap="nowrap" align="flex-start">
      <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
        Rule {index + 1}
        <Text span size="sm" c="dimmed" fw={400}>
          {isFolded ? ` ${ruleInWords(rule)}` : ` for ${conditionInWords(rule.if)}`}
        </Text>
      </Text>
      <Group gap={2} wrap="nowrap">
        {onFold !== undefined && (
          <ActionIcon
            {...button}
            aria-label={isFolded ? `Open ${name}` : `Fold ${name}`}
            aria-expanded={!isFolded}
            onClick={onFold}
          >
            {isFolded ? <IconChevronDown size={16} /> : <IconChevronUp size={16} />}
          </ActionIcon>
        )}
        <ActionIcon {...button} aria-label={`Ask ${name} earlier`} disabled={index === 0} onClick={() => onMove(index - 1)}>
          <IconArrowUp size={16} />
        </ActionIcon>
        <ActionIcon {...button} aria-label={`Ask ${name} later`} disabled={isLast} onClick={() => onMove(index + 1)}>
          <IconArrowDown size={16} />
        </ActionIcon>
        <ActionIcon {...button} aria-label={`Take ${name} out`} onClick={onRemove}>
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
