/** Asks why before something is done, and for the name of what it reaches where that is everybody. */
import { Button, type ButtonProps, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { FormEvent, ReactNode } from 'react';
import { useReason } from './reason-fields.tsx';

export interface ReasonedProps {
  /** Of the button, and of the one that confirms unless `confirm` says otherwise. */
  readonly label: string;
  readonly confirm?: string;
  /** What it does, and to whom, in a sentence. */
  readonly consequence: string;
  /** Has to be typed before it is done. */
  readonly mustType?: string;
  readonly isReasonNeeded?: boolean;
  readonly isRunning: boolean;
  readonly onConfirm: (reason: string) => void;
  readonly button?: ButtonProps;
  readonly icon?: ReactNode;
  /** Fields of its own. */
  readonly children?: ReactNode;
  readonly isUnready?: boolean;
}

export function Reasoned(props: ReasonedProps) {
  const { label, button, icon, isRunning } = props;
  const [isOpen, { open, close }] = useDisclosure();
  return (
    <>
      <Button size="sm" {...button} loading={isRunning} onClick={open} leftSection={icon}>
        {label}
      </Button>
      <Modal opened={isOpen} onClose={close} title={label} centered>
        <ReasonForm {...props} onClose={close} />
      </Modal>
    </>
  );
}

function ReasonForm({
  label,
  confirm = label,
  consequence,
  mustType,
  isReasonNeeded = false,
  onConfirm,
  button,
  children,
  isUnready = false,
  onClose,
}: ReasonedProps & { readonly onClose: () => void }) {
  const because = 'This reaches everybody in a protected environment';
  const why = useReason({ isNeeded: isReasonNeeded, mustType, because, isFocused: true });
  const isReady = !isUnready && why.isReady;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!isReady) return;
    onConfirm(why.reason);
    onClose();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        {children}
        <Text size="sm">{consequence}</Text>
        {why.fields}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Leave it
          </Button>
          <Button type="submit" disabled={!isReady} {...(button?.color === undefined ? {} : { color: button.color })}>
            {confirm}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
