/** A number that somebody types. While nothing is typed it is none: 0 is what nobody said. */
import { NumberInput, type NumberInputProps } from '@mantine/core';

export interface NumberFieldProps extends Omit<NumberInputProps, 'value' | 'onChange'> {
  /** NaN is none. */
  readonly value: number;
  readonly onChange: (value: number) => void;
}

export function NumberField({ value, onChange, error, ...input }: NumberFieldProps) {
  const isNone = Number.isNaN(value);
  return (
    <NumberInput
      {...input}
      value={isNone ? '' : value}
      onChange={(typed) => onChange(typed === '' ? Number.NaN : Number(typed))}
      error={error ?? (isNone ? 'A number' : null)}
    />
  );
}
