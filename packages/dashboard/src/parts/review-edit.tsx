/** What will be changed, before anything is sent: read, give a reason, and save it now or have it made at an instant. */
import { Alert, Button, Group, Modal, SegmentedControl, Stack } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { EditPreview, FlagSettings } from '../api/answers.ts';
import { Differences } from './differences/differences.tsx';
import { InstantInput } from './instant-input.tsx';
import { zoneName } from './local-time.ts';
import { useReason } from './reason-fields.tsx';

export interface ReviewEditProps {
  readonly name: string;
  readonly preview: EditPreview;
  readonly isProtected: boolean;
  /** Why it was refused without a reason, once it was. */
  readonly unexplained: string | null;
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

function ReviewForm({ name, isProtected, unexplained, isRunning, onSave, onSchedule, onClose }: ReviewEditProps) {
  const because = 'This environment is protected: what is saved reaches everybody in it';
  const why = useReason({ isNeeded: isProtected || unexplained !== null, mustType: isProtected ? name : undefined, because });
  const [when, setWhen] = useState('Now');
  const [at, setAt] = useState<string | null>(null);
  const isLater = when !== 'Now';
  const isReady = why.isReady && (!isLater || at !== null);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!isReady) return;
    if (!isLater) onSave(why.reason);
    else if (at !== null) onSchedule(why.reason, at);
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <Group align="flex-end">
          <SegmentedControl data={['Now', 'At an instant']} value={when} onChange={setWhen} aria-label="When" />
          {isLater && <InstantInput label={`When, in ${zoneName()}`} description={null} value={at} onChange={setAt} required />}
        </Group>
        {unexplained !== null && (
          <Alert color="orange" role="alert">
            {unexplained}
          </Alert>
        )}
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
