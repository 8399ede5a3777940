/** The value of one line of a condition, asked for as its operator needs it. */
import { Group, NumberInput, Select, TagsInput, TextInput } from '@mantine/core';
import type { JsonValue } from '@sluice/core';
import type { ReactNode } from 'react';
import { InstantInput } from '../instant-input.tsx';
import { OPERATORS, type OperandKind, type Operator } from './operators.ts';

export interface OperandInputProps {
  readonly operator: Operator;
  readonly operand: JsonValue;
  readonly onChange: (operand: JsonValue) => void;
  readonly error: string | null;
}

const HINTS: Partial<Record<OperandKind, string>> = {
  pattern: '^a+$',
  version: '2.1.0',
  range: '^2.1.0',
};

export function OperandInput({ operator, operand, onChange, error }: OperandInputProps): ReactNode {
  const { operand: kind } = OPERATORS[operator];
  const common = { 'aria-label': 'Value', error, flex: 1, miw: 140 };
  switch (kind) {
    case 'number':
      return <NumberInput {...common} value={typeof operand === 'number' ? operand : ''} onChange={(value) => onChange(value)} />;
    case 'presence':
      return (
        <Select
          {...common}
          data={YES_NO}
          value={operand === false ? 'false' : 'true'}
          onChange={(value) => onChange(value !== 'false')}
          allowDeselect={false}
        />
      );
    case 'scalar':
      return <ScalarInput value={operand} onChange={onChange} error={error} />;
    case 'scalars':
      return <ScalarsInput values={operand} onChange={onChange} error={error} />;
    case 'instant':
      return <InstantInput {...common} value={String(operand)} onChange={(instant) => onChange(instant ?? '')} />;
    case 'networks':
      return (
        <TagsInput
          {...common}
          placeholder="10.0.0.0/8"
          value={[operand].flat().map(String)}
          onChange={(value) => onChange(value)}
        />
      );
    default:
      return (
        <TextInput
          {...common}
          placeholder={HINTS[kind] ?? ''}
          value={String(operand)}
          onChange={({ currentTarget }) => onChange(currentTarget.value)}
        />
      );
  }
}

const YES_NO = [
  { value: 'true', label: 'yes' },
  { value: 'false', label: 'no' },
];
const TYPES = ['text', 'number', 'yes/no'] as const;
type ScalarType = (typeof TYPES)[number];

function typeOf(value: JsonValue): ScalarType {
  if (typeof value === 'number') return 'number';
  return typeof value === 'boolean' ? 'yes/no' : 'text';
}

/** What is no number stays a text, which the server says does not fit, and nothing typed is lost. */
export function asType(value: JsonValue, type: ScalarType): JsonValue {
  if (type === 'text') return String(value);
  if (type === 'yes/no') return value === true || value === 'true' || value === 'yes';
  const text = String(value).trim();
  const number = Number(text);
  return text === '' || !Number.isFinite(number) ? 0 : number;
}

interface ScalarInputProps {
  readonly value: JsonValue;
  readonly onChange: (value: JsonValue) => void;
  readonly error: string | null;
  readonly label?: string;
}

export function ScalarInput({ value, onChange, error, label = 'Value' }: ScalarInputProps) {
  const type = typeOf(value);
  const common = { 'aria-label': label, error, flex: 1, miw: 120 };
  return (
    <Group gap={6} wrap="nowrap" flex={1} miw="min(100%, 240px)" align="flex-start">
      <TypeSelect type={type} onChange={(chosen) => onChange(asType(value, chosen))} label={label} />
      {type === 'number' && (
        <NumberInput {...common} value={Number(value)} onChange={(typed) => onChange(typed === '' ? 0 : typed)} />
      )}
      {type === 'yes/no' && (
        <Select
          {...common}
          data={YES_NO}
          value={String(value)}
          onChange={(chosen) => onChange(chosen === 'true')}
          allowDeselect={false}
        />
      )}
      {type === 'text' && (
        <TextInput {...common} value={String(value)} onChange={({ currentTarget }) => onChange(currentTarget.value)} />
      )}
    </Group>
  );
}

/** All of one type, that of the first. */
function ScalarsInput({ values, onChange, error }: Omit<ScalarInputProps, 'value'> & { readonly values: JsonValue }) {
  const list = [values].flat() as readonly JsonValue[];
  const type = typeOf(list[0] ?? '');
  const chosen = type === 'yes/no' ? 'text' : type;
  return (
    <Group gap={6} wrap="nowrap" flex={1} miw="min(100%, 240px)" align="flex-start">
      <TypeSelect
        type={chosen}
        types={['text', 'number']}
        label="Value"
        onChange={(next) => onChange(list.map((value) => asType(value, next)))}
      />
      <TagsInput
        aria-label="Values"
        placeholder="Type and press Enter"
        flex={1}
        miw={120}
        error={error}
        value={list.map(String)}
        onChange={(texts) => onChange(texts.map((text) => asType(text, chosen)))}
      />
    </Group>
  );
}

interface TypeSelectProps {
  readonly type: ScalarType;
  readonly types?: readonly ScalarType[];
  readonly label: string;
  readonly onChange: (type: ScalarType) => void;
}

function TypeSelect({ type, types = TYPES, label, onChange }: TypeSelectProps) {
  return (
    <Select
      aria-label={`Type of ${label.toLowerCase()}`}
      w={98}
      data={[...types]}
      value={type}
      onChange={(chosen) => onChange((chosen ?? 'text') as ScalarType)}
      allowDeselect={false}
    />
  );
}
