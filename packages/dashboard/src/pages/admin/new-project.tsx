/** Makes a project, with the environments that most have. */
import { Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useAct } from '../../api/acting.tsx';
import { api } from '../../api/api.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';

export function NewProject() {
  const [isOpen, { open, close }] = useDisclosure();
  const [key, setKey] = useState('');
  const [name, setName] = useState('');
  const make = useAct({
    send: (_input: undefined, idempotencyKey) =>
      api.projects.create({ settings: { key, ...(name.trim() === '' ? {} : { name: name.trim() }) } }, { idempotencyKey }),
    done: () => `${key} is there`,
    onDone: () => {
      setKey('');
      setName('');
      close();
    },
  });
  return (
    <FormDialog
      label="New project"
      title="New project"
      submit="Make it"
      isOpen={isOpen}
      onOpen={open}
      onClose={close}
      isReady={key !== ''}
      isRunning={make.isRunning}
      onSubmit={() => make.run(undefined)}
    >
      <Text size="sm">It begins with development, staging and production, the last of them protected.</Text>
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
    </FormDialog>
  );
}
