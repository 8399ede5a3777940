/** By which e-mail somebody comes in: the field that a form of entrance begins with. */
import { TextInput } from '@mantine/core';
import { useEffect, useRef } from 'react';

export interface EmailFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export function EmailField({ value, onChange }: EmailFieldProps) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  return (
    <TextInput
      label="E-mail"
      type="email"
      autoComplete="username"
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
      required
      ref={field}
    />
  );
}
