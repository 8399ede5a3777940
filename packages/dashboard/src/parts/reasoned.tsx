/** Asks why before something is done, and for the name of what it reaches where that is everybody. */
import { Button, type ButtonProps, Group, Modal, Stack, Text } from '@mantine/core';
import { type FormEvent, type ReactNode, useRef, useState } from 'react';
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
  /** Resolves with whether it was done. */
  readonly onConfirm: (reason: string) => Promise<boolean>;
  readonly button?: ButtonProps;
  readonly icon?: ReactNode;
  /** Fields of its own. */
  readonly children?: ReactNode;
  readonly isUnready?: boolean;
  /** The dialog was opened or closed. */
  readonly onAsk?: (isAsked: boolean) => void;
  /** Of the dialog; as wide as a question unless given. */
  readonly size?: 'lg';
}

export function Reasoned(props: ReasonedProps) {
  const { label, consequence, button, icon, isRunning, onConfirm, onAsk, size = 'md' } = props;
  const [isOpen, setOpen] = useState(false);
  const ask = (isAsked: boolean): void => {
    setOpen(isAsked);
    onAsk?.(isAsked);
  };
  const close = (): void => ask(false);
  // Of what was not done: whoever tries again need not type it again.
  const [undone, setUndone] = useState('');
  const confirmed = async (reason: string): Promise<boolean> => {
    const isDone = await onConfirm(reason);
    setUndone(isDone ? '' : reason);
    stayInView();
    return isDone;
  };
  return (
    <>
      <Button size="sm" {...button} loading={isRunning} onClick={() => ask(true)} leftSection={icon} title={consequence}>
        {label}
      </Button>
      <Modal opened={isOpen} onClose={close} title={label} size={size} centered>
        <ReasonForm {...props} first={undone} onConfirm={confirmed} onClose={close} />
      </Modal>
    </>
  );
}

/** The button that was pressed may be gone with what it did: the keyboard goes on in the view, and not at the head of the page. */
function stayInView(): void {
  if (document.activeElement === document.body) document.getElementById('content')?.focus({ preventScroll: true });
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
  first,
  onClose,
}: ReasonedProps & { readonly first: string; readonly onClose: () => void }) {
  const because = 'This reaches everybody in a protected environment';
  const why = useReason({ isNeeded: isReasonNeeded, mustType, because, isFocused: true, first });
  const isReady = !isUnready && why.isReady;
  // A dialog that closes can still be clicked.
  const isConfirmed = useRef(false);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!isReady || isConfirmed.current) return;
    isConfirmed.current = true;
    void onConfirm(why.reason);
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
