/** Changes that a person asks for: sent once, whatever the network does, told of where it fails, and undone where that is safe. */
import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';

export interface Act<Input> {
  readonly run: (input: Input) => void;
  readonly isRunning: boolean;
}

export interface Acting<Input, Answer = unknown> {
  /** Sends it; `key` makes what is sent twice be done once. */
  readonly send: (input: Input, key: string) => Promise<Answer>;
  /** What is said when it is done; nothing unless given. */
  readonly done?: (input: Input) => string;
  readonly onDone?: (answer: Answer) => void;
  /** Takes it back; offered for a while beside what is said. Given only where that surprises nobody. */
  readonly undo?: (input: Input, key: string) => Promise<unknown>;
}

const READ_MS = 12_000;

export function useAct<Input = void, Answer = unknown>({ send, done, onDone, undo }: Acting<Input, Answer>): Act<Input> {
  const queries = useQueryClient();
  const { mutate, isPending } = useMutation({
    mutationFn: (input: Input) => send(input, crypto.randomUUID()),
    onSuccess: (answer, input) => {
      if (done !== undefined) sayDone(done(input), undo && (() => takeBack(input)));
      onDone?.(answer);
      return queries.invalidateQueries();
    },
    onError: sayFailed,
  });
  const takeBack = async (input: Input): Promise<void> => {
    try {
      await undo?.(input, crypto.randomUUID());
      sayDone('It is undone');
      await queries.invalidateQueries();
    } catch (error) {
      sayFailed(error as Error);
    }
  };
  return { run: mutate, isRunning: isPending };
}

function sayDone(said: string, takeBack?: () => Promise<void>): void {
  const id = crypto.randomUUID();
  const undo = (): void => {
    notifications.hide(id);
    void takeBack?.();
  };
  const message = (
    <Group justify="space-between" wrap="nowrap">
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        {said}
      </Text>
      {takeBack !== undefined && (
        <Button size="compact-sm" variant="default" onClick={undo}>
          Undo
        </Button>
      )}
    </Group>
  );
  const autoClose = takeBack === undefined ? {} : { autoClose: READ_MS };
  notifications.show({ id, message, color: 'teal', icon: <IconCheck size={18} />, ...autoClose });
}

function sayFailed(error: Error): void {
  const title = 'Nothing was changed';
  const icon = <IconAlertTriangle size={18} />;
  notifications.show({ title, message: error.message, color: 'red', icon, autoClose: READ_MS });
}
