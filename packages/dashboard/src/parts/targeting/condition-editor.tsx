/** Edits a condition line by line, with what the server says of each line beside it. */
import { ActionIcon, Button, Group, Menu, MultiSelect, Paper, Select, Stack, Text, TextInput } from '@mantine/core';
import type { Condition } from '@sluice/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { type Clause, clausesOf, conditionOf, type Holds, isUnfinished, newId } from './clauses.ts';
import { IssuesBelow, useIssue } from './issues.tsx';
import { OperandInput } from './operand-input.tsx';
import { OPERATORS, type Operator, operandFor } from './operators.ts';

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

export function ConditionEditor({ condition, onChange, pointer, segments, whenEmpty }: ConditionEditorProps) {
  const [clauses, setClauses] = useState<readonly Clause[]>(() => clausesOf(condition));
  const { pointers } = conditionOf(clauses);
  const change = (changed: readonly Clause[]): void => {
    setClauses(changed);
    onChange(conditionOf(changed).condition);
  };
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
}

interface ClauseListProps {
  readonly clauses: readonly Clause[];
  readonly onChange: (clauses: readonly Clause[]) => void;
  readonly at: ReadonlyMap<string, string>;
  readonly segments: readonly string[];
  readonly joint: 'and' | 'or';
}

function ClauseList({ clauses, onChange, at, segments, joint }: ClauseListProps) {
  const replace = (id: string, changed: Clause | null): void =>
    onChange(clauses.flatMap((clause) => (clause.id !== id ? [clause] : changed === null ? [] : [changed])));
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
            onChange={(changed) => replace(clause.id, changed)}
            onRemove={() => replace(clause.id, null)}
            at={at}
            segments={segments}
          />
        </div>
      ))}
      <AddClause onAdd={(clause) => onChange([...clauses, clause])} hasSegments={segments.length > 0} />
    </Stack>
  );
}

function AddClause({ onAdd, hasSegments }: { readonly onAdd: (clause: Clause) => void; readonly hasSegments: boolean }) {
  const line = (): Clause => ({ id: newId(), kind: 'attribute', attribute: '', operator: 'eq', operand: '' });
  const group = (holds: Holds): Clause => ({ id: newId(), kind: 'group', holds, clauses: [line()] });
  return (
    <Group gap={6}>
      <Button size="compact-sm" variant="default" leftSection={<IconPlus size={14} />} onClick={() => onAdd(line())}>
        Condition
      </Button>
      <Menu position="bottom-start" withinPortal>
        <Menu.Target>
          <Button size="compact-sm" variant="subtle">
            More
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item disabled={!hasSegments} onClick={() => onAdd({ id: newId(), kind: 'segment', segments: [] })}>
            In a segment
          </Menu.Item>
          <Menu.Item onClick={() => onAdd(group('any'))}>Any of several</Menu.Item>
          <Menu.Item onClick={() => onAdd(group('all'))}>All of several</Menu.Item>
          <Menu.Item onClick={() => onAdd(group('notAll'))}>Not</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}

interface ClauseRowProps {
  readonly clause: Clause;
  readonly onChange: (clause: Clause) => void;
  readonly onRemove: () => void;
  readonly at: ReadonlyMap<string, string>;
  readonly segments: readonly string[];
}

function ClauseRow(props: ClauseRowProps) {
  const { clause, onRemove } = props;
  return (
    <Group gap={6} wrap="nowrap" align="flex-start">
      <div style={{ flex: 1, minWidth: 0 }}>
        {clause.kind === 'attribute' && <AttributeRow {...props} clause={clause} />}
        {clause.kind === 'segment' && <SegmentRow {...props} clause={clause} />}
        {clause.kind === 'group' && <GroupRow {...props} clause={clause} />}
      </div>
      <ActionIcon variant="subtle" color="gray" mt={4} aria-label="Take this condition out" onClick={onRemove}>
        <IconTrash size={16} />
      </ActionIcon>
    </Group>
  );
}

type RowOf<Kind extends Clause['kind']> = Omit<ClauseRowProps, 'clause' | 'onRemove'> & {
  readonly clause: Extract<Clause, { kind: Kind }>;
};

const NOWHERE = '/nowhere';

function AttributeRow({ clause, onChange, at }: RowOf<'attribute'>) {
  const issue = useIssue(at.get(clause.id) ?? NOWHERE);
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

function SegmentRow({ clause, onChange, at, segments }: RowOf<'segment'>) {
  const issue = useIssue(at.get(clause.id) ?? NOWHERE);
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
