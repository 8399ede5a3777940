/** Makes a flag, off for everybody. */
import { Button, Group, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useNavigate } from 'react-router';
import { useAct } from '../api/acting.tsx';
import type { Place } from '../api/answers.ts';
import { api } from '../api/api.ts';
import { addressIn } from '../app/place.ts';
import { nameProblem } from './name-problem.ts';

export interface CreateFlagProps {
  readonly place: Place;
  /** Goes to the flag unless given. */
  readonly onCreated?: (name: string) => void;
}

export function CreateFlag({ place, onCreated }: CreateFlagProps) {
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const navigate = useNavigate();
  const create = useAct({
    send: (_input: undefined, idempotencyKey) =>
      api.flags.set(
        { ...place, key: name, settings: { description }, reason: 'created on the page' },
        { ifRevision: 0, idempotencyKey },
      ),
    done: () => `${name} is there, off for everybody`,
    onDone: () => (onCreated === undefined ? void navigate(addressIn(place, 'flags', name)) : onCreated(name)),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void create.run(undefined);
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm" maw={520}>
        <TextInput
          data-autofocus
          label="Name"
          description="As programs write it, such as new_ner_model"
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
          error={nameProblem(name)}
          required
        />
        <TextInput
          label="What it is for"
          value={description}
          onChange={({ currentTarget }) => setDescription(currentTarget.value)}
        />
        <Group>
          <Button type="submit" disabled={name === '' || nameProblem(name) !== null} loading={create.isRunning}>
            Create it, off for everybody
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
