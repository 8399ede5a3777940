/** Sends an edit, now or for an instant; what was saved can be undone as long as nobody saved after it. */
import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconCheck } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { sayFailed } from '../../api/acting.tsx';
import type { Place } from '../../api/answers.ts';
import { api } from '../../api/api.ts';
import type { Draft } from './draft.ts';

export interface Sending {
  readonly reason: string;
  /** Null is now. */
  readonly at: string | null;
}

export interface SavedEdit {
  readonly place: Place;
  readonly name: string;
  readonly revision: number;
  readonly patch: Draft;
  readonly onDone: () => void;
  /** Also when it failed, unless for want of a reason: whoever looks sees what is kept. */
  readonly onEnd: () => void;
}

export function useSaveEdit({ place, name, revision, patch, onDone, onEnd }: SavedEdit) {
  const queries = useQueryClient();
  const undo = useUndo(place, name);
  return useMutation({
    mutationFn: async ({ reason, at }: Sending): Promise<number | null> => {
      const input = { ...place, key: name, settings: patch, ...(reason === '' ? {} : { reason }) };
      const idempotencyKey = crypto.randomUUID();
      if (at === null) return (await api.flags.set(input, { ifRevision: revision, idempotencyKey })).revision;
      await api.flags.schedule({ ...input, at }, { idempotencyKey });
      return null;
    },
    onSuccess: (saved) => {
      if (saved === null) told(`The edit of ${name} waits for its instant`);
      else told(<Undoable said={`${name} is changed`} onUndo={() => undo({ to: revision, from: saved })} />);
      onDone();
    },
    onError: (error) => {
      if (!lacksReason(error)) sayFailed(error);
    },
    onSettled: (_saved, error) => {
      if (!lacksReason(error)) onEnd();
      return queries.invalidateQueries();
    },
  });
}

/** What all environments share may need a reason also where this one asks for none: another of them is protected. */
export function lacksReason(error: unknown): error is Error {
  const { issues = [] } = (error ?? {}) as { readonly issues?: readonly { readonly path: string }[] };
  return issues.some(({ path }) => path === '/reason');
}

/** Refused once somebody else saved after: then it would take back theirs. */
function useUndo(place: Place, name: string) {
  const queries = useQueryClient();
  const { mutate } = useMutation({
    mutationFn: ({ to, from }: { readonly to: number; readonly from: number }) =>
      api.flags.restoreRevision(
        { ...place, key: name, revision: to, reason: `undone: back to revision ${to}` },
        { ifRevision: from, idempotencyKey: crypto.randomUUID() },
      ),
    onSuccess: () => told(`${name} is as it was`),
    onError: sayFailed,
    onSettled: () => queries.invalidateQueries(),
  });
  return mutate;
}

function Undoable({ said, onUndo }: { readonly said: string; readonly onUndo: () => void }) {
  return (
    <Group justify="space-between" wrap="nowrap">
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        {said}
      </Text>
      <Button
        size="compact-xs"
        variant="light"
        flex="none"
        onClick={() => {
          notifications.clean();
          onUndo();
        }}
      >
        Undo
      </Button>
    </Group>
  );
}

function told(message: React.ReactNode): void {
  notifications.show({ message, color: 'teal', icon: <IconCheck size={18} />, autoClose: 10_000 });
}
