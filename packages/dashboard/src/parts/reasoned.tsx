/** Asks why before something is done, and for the name of what it reaches where that is everybody. */
import { Button, type ButtonProps, Group, Modal, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type FormEvent, type ReactNode, useState } from 'react';

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
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const isReady = !isUnready && (!isReasonNeeded || reason.trim() !== '') && (mustType === undefined || typed === mustType);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!isReady) return;
    onConfirm(reason.trim());
    onClose();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        {children}
        <Text size="sm">{consequence}</Text>
        <Textarea
          data-autofocus
          label={isReasonNeeded ? 'Why' : 'Why (optional)'}
          description="Stands in the history, for whoever asks later"
          value={reason}
          onChange={({ currentTarget }) => setReason(currentTarget.value)}
          autosize
          minRows={2}
          maxLength={4096}
          required={isReasonNeeded}
        />
        {mustType !== undefined && (
          <TextInput
            label={`Type ${mustType} to go on`}
            description="This reaches everybody in a protected environment"
            value={typed}
            onChange={({ currentTarget }) => setTyped(currentTarget.value)}
            autoComplete="off"
            required
          />
        )}
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
