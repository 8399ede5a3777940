/** Why something is done, for whoever asks later, and the name of what it reaches where that is everybody. */
import { Textarea, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';

export interface ReasonAsked {
  readonly isNeeded: boolean;
  /** Has to be typed before it is done; nothing has to where it is left out. */
  readonly mustType?: string | undefined;
  /** Why it has to be. */
  readonly because: string;
  readonly isFocused?: boolean;
  /** What it begins with. */
  readonly first?: string;
}

export interface Reason {
  readonly reason: string;
  /** As a call takes it: nothing where none was typed. */
  readonly given: { readonly reason?: string };
  readonly isReady: boolean;
  readonly fields: ReactNode;
}

export function useReason({ isNeeded, mustType, because, isFocused = false, first = '' }: ReasonAsked): Reason {
  const [reason, setReason] = useState(first);
  const [typed, setTyped] = useState('');
  const isReady = (!isNeeded || reason.trim() !== '') && (mustType === undefined || typed === mustType);
  const fields = (
    <>
      <Textarea
        {...(isFocused ? { 'data-autofocus': true } : {})}
        label={isNeeded ? 'Why' : 'Why (optional)'}
        description="Stands in the history, for whoever asks later"
        value={reason}
        onChange={({ currentTarget }) => setReason(currentTarget.value)}
        autosize
        minRows={2}
        maxRows={10}
        maxLength={4096}
        required={isNeeded}
      />
      {mustType !== undefined && (
        <TextInput
          label={`Type ${mustType} to go on`}
          description={because}
          value={typed}
          onChange={({ currentTarget }) => setTyped(currentTarget.value)}
          autoComplete="off"
          required
        />
      )}
    </>
  );
  const said = reason.trim();
  return { reason: said, given: said === '' ? {} : { reason: said }, isReady, fields };
}
