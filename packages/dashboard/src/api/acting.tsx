/** Changes that a person asks for: sent once, whatever the network does, and told of where it fails. */
import { notifications } from '@mantine/notifications';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';

export interface Act<Input> {
  readonly run: (input: Input) => void;
  readonly isRunning: boolean;
}

export interface Acting<Input> {
  /** Sends it; `key` makes what is sent twice be done once. */
  readonly send: (input: Input, key: string) => Promise<unknown>;
  /** What is said when it is done; nothing unless given. */
  readonly done?: (input: Input) => string;
  readonly onDone?: () => void;
}

export function useAct<Input = void>({ send, done, onDone }: Acting<Input>): Act<Input> {
  const queries = useQueryClient();
  const { mutate, isPending } = useMutation({
    mutationFn: (input: Input) => send(input, crypto.randomUUID()),
    onSuccess: (_answer, input) => {
      if (done !== undefined) notifications.show({ message: done(input), color: 'teal', icon: <IconCheck size={18} /> });
      onDone?.();
      return queries.invalidateQueries();
    },
    onError: (error) => {
      notifications.show({
        title: 'Nothing was changed',
        message: error.message,
        color: 'red',
        icon: <IconAlertTriangle size={18} />,
        autoClose: 12_000,
      });
    },
  });
  return { run: mutate, isRunning: isPending };
}
