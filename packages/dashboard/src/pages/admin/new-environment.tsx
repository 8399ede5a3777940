/** Adds an environment to a project. */
import { Checkbox } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useAct } from '../../api/acting.tsx';
import { api } from '../../api/api.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { useKeyAndName } from './key-and-name.tsx';

export function NewEnvironment({ project }: { readonly project: string }) {
  const [isOpen, { open, close }] = useDisclosure();
  const named = useKeyAndName();
  const [isProtected, setProtected] = useState(false);
  const add = useAct({
    send: (_input: undefined, idempotencyKey) => {
      const settings = { ...named.settings, isProtected };
      return api.projects.addEnvironment({ project, settings }, { idempotencyKey });
    },
    done: () => `${named.key} is there: it has every flag of the project, off`,
    onDone: () => {
      named.clear();
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
      isReady={named.isReady}
      isRunning={add.isRunning}
      onSubmit={() => add.run(undefined)}
      button={{ size: 'compact-sm', variant: 'default' }}
    >
      {named.fields}
      <Checkbox label="Protected" checked={isProtected} onChange={({ currentTarget }) => setProtected(currentTarget.checked)} />
    </FormDialog>
  );
}
