/** Adds an environment to a project. */
import { Checkbox, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useAct } from '../../api/acting.tsx';
import { api } from '../../api/api.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';

export function NewEnvironment({ project }: { readonly project: string }) {
  const [isOpen, { open, close }] = useDisclosure();
  const [key, setKey] = useState('');
  const [name, setName] = useState('');
  const [isProtected, setProtected] = useState(false);
  const add = useAct({
    send: (_input: undefined, idempotencyKey) => {
      const settings = { key, isProtected, ...(name.trim() === '' ? {} : { name: name.trim() }) };
      return api.projects.addEnvironment({ project, settings }, { idempotencyKey });
    },
    done: () => `${key} is there: it has every flag of the project, off`,
    onDone: () => {
      setKey('');
      setName('');
      setProtected(false);
      close();
    },
  });
  return (
    <FormDialog
      label="New environment"
      title={`New environment of ${project}`}
      submit="Add it"
      isOpen={isOpen}
      onOpen={open}
      onClose={close}
      isReady={key !== ''}
      isRunning={add.isRunning}
      onSubmit={() => add.run(undefined)}
      button={{ size: 'compact-sm', variant: 'default' }}
    >
      <TextInput
        data-autofocus
        label="Key"
        description="Letters, digits, “.”, “_” and “-”; it stands in addresses and stays"
        value={key}
        onChange={({ currentTarget }) => setKey(currentTarget.value)}
        required
      />
      <TextInput
        label="Name"
        description="As people read it"
        value={name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
      />
      <Checkbox label="Protected" checked={isProtected} onChange={({ currentTarget }) => setProtected(currentTarget.checked)} />
    </FormDialog>
  );
}
