/** A secret that was just made: shown here and never again. */
import { Alert, Button, Group, Modal, Stack } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { CopyableCode } from './snippet.tsx';

export interface MadeSecretProps {
  readonly title: string;
  readonly secret: string;
  readonly onClose: () => void;
  /** What is done with it. */
  readonly children?: ReactNode;
}

export function MadeSecret({ title, secret, onClose, children }: MadeSecretProps) {
  return (
    <Modal opened onClose={onClose} title={title} size="lg" centered closeOnEscape={false}>
      <Stack>
        <Alert color="yellow" icon={<IconKey size={18} />} p="sm">
          Copy it now. It is kept nowhere, and cannot be shown again.
        </Alert>
        <CopyableCode text={secret} label="Copy the secret" isFocused />
        {children}
        <Group justify="flex-end">
          <Button onClick={onClose}>I have it</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
