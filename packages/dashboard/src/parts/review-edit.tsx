/** What will be changed, before anything is sent: read, give a reason, and save it now or have it made at an instant. */
import { Button, Group, Modal, SegmentedControl, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { EditPreview, FlagSettings } from '../api/answers.ts';
import { Differences } from './differences/differences.tsx';
import { useReason } from './reason-fields.tsx';

export interface ReviewEditProps {
  readonly name: string;
  readonly preview: EditPreview;
  readonly isProtected: boolean;
  readonly isRunning: boolean;
  readonly onSave: (reason: string) => void;
  readonly onSchedule: (reason: string, at: string) => void;
  readonly onClose: () => void;
}

export function ReviewEdit(props: ReviewEditProps) {
  const { name, preview, onClose } = props;
  return (
    <Modal opened onClose={onClose} title={`What changes of ${name}`} size="lg">
      <Stack>
        {preview.after !== null && <Differences before={preview.before ?? NOTHING} after={preview.after} />}
        <ReviewForm {...props} />
      </Stack>
    </Modal>
  );
}

const NOTHING: FlagSettings = {};

function ReviewForm({ name, isProtected, isRunning, onSave, onSchedule, onClose }: ReviewEditProps) {
  const because = 'This environment is protected: what is saved reaches everybody in it';
  const why = useReason({ isNeeded: isProtected, mustType: isProtected ? name : undefined, because });
  const [when, setWhen] = useState('Now');
  const [at, setAt] = useState('');
  const isLater = when !== 'Now';
  const isReady = why.isReady && (!isLater || at !== '');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!isReady) return;
    if (isLater) onSchedule(why.reason, new Date(at).toISOString());
    else onSave(why.reason);
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <Group align="flex-end">
          <SegmentedControl data={['Now', 'At an instant']} value={when} onChange={setWhen} aria-label="When" />
          {isLater && (
            <TextInput
              type="datetime-local"
              label={`When, in ${Intl.DateTimeFormat().resolvedOptions().timeZone}`}
              value={at}
              onChange={({ currentTarget }) => setAt(currentTarget.value)}
              required
            />
          )}
        </Group>
        {why.fields}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Go on editing
          </Button>
          <Button type="submit" disabled={!isReady} loading={isRunning}>
            {isLater ? 'Schedule it' : 'Save'}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
