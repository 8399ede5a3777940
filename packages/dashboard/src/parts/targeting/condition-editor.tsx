/** Edits a condition line by line, with what the server says of each line beside it. */
import { ActionIcon, Group, MultiSelect, Paper, Select, Stack, Text, TextInput } from '@mantine/core';
import type { Condition } from '@sluice/core';
import { IconTrash } from '@tabler/icons-react';
import { memo, useState } from 'react';
import { AddClause } from './add-clause.tsx';
import { type Clause, clausesOf, conditionOf, type Holds, isUnfinished } from './clauses.ts';
import { IssuesBelow, useIssue } from './issues.tsx';
import { OperandInput } from './operand-input.tsx';
import { OPERATORS, type Operator, operandFor } from './operators.ts';
import { useStable } from './use-stable.ts';

export interface ConditionEditorProps {
  /** What it begins with; another key begins anew. */
  readonly condition: Condition;
  readonly onChange: (condition: Condition) => void;
  /** Of the condition in the settings. */
  readonly pointer: string;
  readonly segments: readonly string[];
  /** What it is that holds for everybody when there is no line. */
  readonly whenEmpty: string;
}

export const ConditionEditor = memo(function ConditionEditor({
  condition,
  onChange,
  pointer,
  segments,
  whenEmpty,
}: ConditionEditorProps) {
  const [clauses, setClauses] = useState<readonly Clause[]>(() => clausesOf(condition));
  const { pointers } = conditionOf(clauses);
  const change = useStable((changed: readonly Clause[]): void => {
    setClauses(changed);
    onChange(conditionOf(changed).condition);
  });
  const at = new Map([...pointers].map(([id, below]) => [id, `${pointer}${below}`]));
  return (
    <Stack gap="xs">
      {clauses.length === 0 && (
        <Text size="sm" c="dimmed">
          {whenEmpty}
        </Text>
      )}
      <ClauseList clauses={clauses} onChange={change} at={at} segments={segments} joint="and" />
      <IssuesBelow pointer={pointer} told={[...at.values()]} />
    </Stack>
  );
});

interface ClauseListProps {
  readonly clauses: readonly Clause[];
  readonly onChange: (clauses: readonly Clause[]) => void;
  readonly at: ReadonlyMap<string, string>;
  readonly segments: readonly string[];
  readonly joint: 'and' | 'or';
}

function ClauseList({ clauses, onChange, at, segments, joint }: ClauseListProps) {
  const replace = useStable((id: string, changed: Clause | null): void =>
    onChange(clauses.flatMap((clause) => (clause.id !== id ? [clause] : changed === null ? [] : [changed]))),
  );
  return (
    <Stack gap="xs">
      {clauses.map((clause, index) => (
        <div key={clause.id}>
          {index > 0 && (
            <Text size="xs" c="dimmed" mb={4}>
              {joint}
            </Text>
          )}
          <ClauseRow
            clause={clause}
            onReplace={replace}
            pointer={at.get(clause.id) ?? NOWHERE}
            at={clause.kind === 'group' ? at : NONE}
            segments={segments}
          />
        </div>
      ))}
      <AddClause onAdd={(clause) => onChange([...clauses, clause])} hasSegments={segments.length > 0} />
    </Stack>
  );
}

/** Where nothing is wrong. */
const NOWHERE = '/nowhere';
const NONE: ReadonlyMap<string, string> = new Map();

interface ClauseRowProps {
  readonly clause: Clause;
  /** Null takes it out. */
  readonly onReplace: (id: string, clause: Clause | null) => void;
  readonly pointer: string;
  /** Where the lines of a group are. */
  readonly at: ReadonlyMap<string, string>;
  readonly segments: readonly string[];
}

/** Drawn anew when it changes, and not when another line does. */
const ClauseRow = memo(function ClauseRow({ clause, onReplace, ...of }: ClauseRowProps) {
  const props = { ...of, onChange: (changed: Clause) => onReplace(clause.id, changed) };
  return (
    <Group gap={6} wrap="nowrap" align="flex-start">
      <div style={{ flex: 1, minWidth: 0 }}>
        {clause.kind === 'attribute' && <AttributeRow {...props} clause={clause} />}
        {clause.kind === 'segment' && <SegmentRow {...props} clause={clause} />}
        {clause.kind === 'group' && <GroupRow {...props} clause={clause} />}
      </div>
      <ActionIcon
        variant="subtle"
        color="gray"
        mt={4}
        aria-label="Take this condition out"
        onClick={() => onReplace(clause.id, null)}
      >
        <IconTrash size={16} />
      </ActionIcon>
    </Group>
  );
});

type RowOf<Kind extends Clause['kind']> = Omit<ClauseRowProps, 'clause' | 'onReplace'> & {
  readonly clause: Extract<Clause, { kind: Kind }>;
  readonly onChange: (clause: Clause) => void;
};

function AttributeRow({ clause, onChange, pointer }: RowOf<'attribute'>) {
  const issue = useIssue(pointer);
  return (
    <Group gap={6} align="flex-start">
      <TextInput
        aria-label="Attribute"
        placeholder="attribute, such as plan"
        w={{ base: '100%', xs: 170 }}
        value={clause.attribute}
        onChange={({ currentTarget }) => onChange({ ...clause, attribute: currentTarget.value })}
        {...(isUnfinished(clause) ? { description: 'Counts once it is named', inputWrapperOrder: WRAPPED } : {})}
      />
      <Select
        aria-label="Operator"
        w={{ base: '100%', xs: 178 }}
        data={OPERATOR_CHOICES}
        value={clause.operator}
        onChange={(chosen) => {
          const operator = (chosen ?? 'eq') as Operator;
          onChange({
            ...clause,
            operator,
            operand: operandFor(OPERATORS[operator].operand, clause.operand) as typeof clause.operand,
          });
        }}
        allowDeselect={false}
        searchable
        maxDropdownHeight={320}
      />
      <OperandInput
        operator={clause.operator}
        operand={clause.operand}
        onChange={(operand) => onChange({ ...clause, operand })}
        error={issue}
      />
    </Group>
  );
}

const WRAPPED: ('input' | 'description' | 'error')[] = ['input', 'description', 'error'];

const GROUPS = ['Values', 'Texts', 'Numbers', 'Instants', 'Versions', 'Others'] as const;
const OPERATOR_CHOICES = GROUPS.map((group) => ({
  group,
  items: Object.entries(OPERATORS)
    .filter(([, operator]) => operator.group === group)
    .map(([value, { words }]) => ({ value, label: words })),
}));

function SegmentRow({ clause, onChange, pointer, segments }: RowOf<'segment'>) {
  const issue = useIssue(pointer);
  return (
    <MultiSelect
      aria-label="In one of the segments"
      leftSection={
        <Text size="sm" c="dimmed">
          in
        </Text>
      }
      placeholder={clause.segments.length === 0 ? 'one of the segments' : ''}
      data={[...new Set([...segments, ...clause.segments])]}
      value={[...clause.segments]}
      onChange={(chosen) => onChange({ ...clause, segments: chosen })}
      error={issue}
      searchable
    />
  );
}

const HOLDS = [
  { value: 'any', label: 'Any of these' },
  { value: 'all', label: 'All of these' },
  { value: 'notAll', label: 'Not (all of these)' },
];

function GroupRow({ clause, onChange, at, segments }: RowOf<'group'>) {
  return (
    <Paper withBorder p="xs" radius="md">
      <Stack gap="xs">
        <Select
          aria-label="How many must hold"
          w={180}
          size="xs"
          data={HOLDS}
          value={clause.holds}
          onChange={(holds) => onChange({ ...clause, holds: (holds ?? 'any') as Holds })}
          allowDeselect={false}
        />
        <ClauseList
          clauses={clause.clauses}
          onChange={(clauses) => onChange({ ...clause, clauses })}
          at={at}
          segments={segments}
          joint={clause.holds === 'any' ? 'or' : 'and'}
        />
      </Stack>
    </Paper>
  );
}
