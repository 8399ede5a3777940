/** What a project or an environment is called: in addresses, and by people. */
import { TextInput } from '@mantine/core';
import { keyProblem } from '@sluice/core';
import { type ReactNode, useState } from 'react';
import { typedKeyProblem } from '../../parts/name-problem.ts';

export interface KeyAndName {
  readonly key: string;
  /** A key was typed, and it can be one. */
  readonly isReady: boolean;
  /** As the API takes it: no name where none was typed. */
  readonly settings: { readonly key: string; readonly name?: string };
  readonly clear: () => void;
  readonly fields: ReactNode;
}

export function useKeyAndName(): KeyAndName {
  const [key, setKey] = useState('');
  const [name, setName] = useState('');
  const typed = name.trim();
  const clear = (): void => {
    setKey('');
    setName('');
  };
  const fields = (
    <>
      <TextInput
        data-autofocus
        label="Key"
        description="Letters, digits, “.”, “_” and “-”; it stands in addresses and stays"
        value={key}
        onChange={({ currentTarget }) => setKey(currentTarget.value)}
        error={typedKeyProblem(key)}
        required
      />
      <TextInput
        label="Name"
        description="As people read it"
        value={name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
      />
    </>
  );
  const isReady = keyProblem(key) === null;
  return { key, isReady, settings: { key, ...(typed === '' ? {} : { name: typed }) }, clear, fields };
}
