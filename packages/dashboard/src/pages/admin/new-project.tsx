/** Makes a project, with the environments that most have. */
import { Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useAct } from '../../api/acting.tsx';
import { api } from '../../api/api.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { useKeyAndName } from './key-and-name.tsx';

export function NewProject() {
  const [isOpen, { open, close }] = useDisclosure();
  const named = useKeyAndName();
  const make = useAct({
    send: (_input: undefined, idempotencyKey) => api.projects.create({ settings: named.settings }, { idempotencyKey }),
    done: () => `${named.key} is there`,
    onDone: () => {
      named.clear();
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
      isReady={named.isReady}
      isRunning={make.isRunning}
      onSubmit={() => make.run(undefined)}
    >
      <Text size="sm">It begins with development, staging and production, the last of them protected.</Text>
      {named.fields}
    </FormDialog>
  );
}
