/** A button that opens a form. It stays open, with what was typed, until what it sends is done. */
import { Button, type ButtonProps, Group, Modal, Stack } from '@mantine/core';
import type { FormEvent, ReactNode } from 'react';

export interface FormDialogProps {
  readonly label: string;
  readonly title: string;
  readonly submit: string;
  readonly isOpen: boolean;
  readonly onOpen: () => void;
  readonly onClose: () => void;
  readonly isReady: boolean;
  readonly isRunning: boolean;
  readonly onSubmit: () => void;
  readonly button?: ButtonProps;
  readonly children: ReactNode;
}

export function FormDialog(props: FormDialogProps) {
  const { label, title, submit, isOpen, onOpen, onClose, isReady, isRunning, onSubmit, button, children } = props;
  const submitted = (event: FormEvent): void => {
    event.preventDefault();
    if (isReady) onSubmit();
  };
  return (
    <>
      <Button size="sm" {...button} onClick={onOpen}>
        {label}
      </Button>
      <Modal opened={isOpen} onClose={onClose} title={title} centered>
        <form onSubmit={submitted}>
          <Stack>
            {children}
            <Group justify="flex-end">
              <Button variant="default" onClick={onClose}>
                Leave it
              </Button>
              <Button type="submit" disabled={!isReady} loading={isRunning}>
                {submit}
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  );
}
