/** Changes that a person asks for: sent once, whatever the network does, told of where it fails, and undone where that is safe. */
import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { useOnce } from './once.ts';

export interface Act<Input> {
  /** Resolves with whether it was done. */
  readonly run: (input: Input) => Promise<boolean>;
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
/** A server that is started anew is heard again in seconds. */
const FURTHER_TRIES = 3;
const FIRST_PAUSE_MS = 500;

interface Sending<Input> {
  readonly input: Input;
  readonly key: string;
}

export function useAct<Input = void, Answer = unknown>({ send, done, onDone, undo }: Acting<Input, Answer>): Act<Input> {
  const queries = useQueryClient();
  const { mutateAsync, isPending } = useMutation({
    mutationFn: ({ input, key }: Sending<Input>) => send(input, key),
    retry: (failures, error) => failures < FURTHER_TRIES && isUnheard(error),
    retryDelay: (failures) => FIRST_PAUSE_MS * 2 ** failures,
    onSuccess: (answer, { input }) => {
      if (done !== undefined) sayDone(done(input), undo && (() => takeBack(input)));
      onDone?.(answer);
      return queries.invalidateQueries();
    },
    onError: (error) => {
      sayFailed(error);
      // Whoever looks sees whether it was done after all. It is not waited for: the server may be away.
      void queries.invalidateQueries();
    },
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
  const sendWhole = useCallback((input: Input) => mutateAsync({ input, key: crypto.randomUUID() }), [mutateAsync]);
  return { run: useOnce<Input>(sendWhole), isRunning: isPending };
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
        <Button size="compact-sm" variant="default" flex="none" onClick={undo}>
          Undo
        </Button>
      )}
    </Group>
  );
  const autoClose = takeBack === undefined ? {} : { autoClose: READ_MS };
  notifications.show({ id, message, color: 'teal', icon: <IconCheck size={18} />, ...autoClose });
}

/** What came of a change that failed: a refusal changed nothing; where no answer came, it may have been done. It then stays until it is read. */
export function sayFailed(error: Error): void {
  const icon = <IconAlertTriangle size={18} />;
  notifications.show(
    isUnanswered(error)
      ? {
          title: 'It is not known whether this was done',
          message: `${sentence(error.message)} Look how it stands before you do it again.`,
          color: 'orange',
          icon,
          autoClose: false,
        }
      : { title: 'Nothing was changed', message: error.message, color: 'red', icon, autoClose: READ_MS },
  );
}

/** The server answers what it refuses: this is all else. */
function isUnanswered(error: Error): boolean {
  return !('code' in error) || error.code === 'unavailable';
}

/** Nothing came back, also not from whatever stands before the server. Where each attempt takes its whole time, whoever waits is told instead. */
function isUnheard(error: Error): boolean {
  return isUnanswered(error) && error.cause instanceof Error && error.cause.name !== 'TimeoutError';
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
