/** Asks for an instant by the reader's own clock, and says which that is. */
import { TextInput, type TextInputProps } from '@mantine/core';
import { useState } from 'react';
import { instantOf, localTime, zoneName } from './local-time.ts';

export interface InstantInputProps extends Omit<TextInputProps, 'value' | 'onChange' | 'type'> {
  /** As the API says it, such as `2027-01-31T08:00:00Z`; null is none. */
  readonly value: string | null;
  readonly onChange: (value: string | null) => void;
}

/** Beside fields without a description it stands in line with them. */
const ORDER: ('label' | 'input' | 'description' | 'error')[] = ['label', 'input', 'description', 'error'];

export function InstantInput({ value, onChange, ...input }: InstantInputProps) {
  // What is typed stays as it is typed, as long as nobody else means another instant.
  const [typed, setTyped] = useState({ text: localTime(value), means: value });
  const text = typed.means === value ? typed.text : localTime(value);
  const change = (next: string): void => {
    const means = instantOf(next);
    setTyped({ text: next, means });
    onChange(means);
  };
  return (
    <TextInput
      description={`Time of ${zoneName()}`}
      inputWrapperOrder={ORDER}
      {...input}
      type="datetime-local"
      max="9999-12-31T23:59"
      value={text}
      onChange={({ currentTarget }) => change(currentTarget.value)}
    />
  );
}
