/** What the server says an edit would do, asked a moment after the last key. */
import { useDebouncedValue } from '@mantine/hooks';
import type { Unit } from '@sluice/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { EditPreview, Place } from '../../api/answers.ts';
import { api } from '../../api/api.ts';
import type { Draft } from './draft.ts';

const PAUSE_MS = 150;

export interface Previewed {
  /** Undefined until the first answer. */
  readonly preview: EditPreview | undefined;
  /** Whether the answer is of what stands there now. */
  readonly isCurrent: boolean;
  readonly error: Error | null;
}

export function usePreview(place: Place, key: string, settings: Draft, units: readonly Unit[]): Previewed {
  const asked = JSON.stringify({ settings, units });
  const [paused] = useDebouncedValue(asked, PAUSE_MS);
  const { data, error, isPlaceholderData } = useQuery({
    queryKey: ['flag', place, key, 'preview', paused],
    queryFn: () => api.flags.preview({ ...place, key, ...(JSON.parse(paused) as { settings: Draft; units: Unit[] }) }),
    placeholderData: keepPreviousData,
    retry: false,
  });
  return { preview: data, isCurrent: data !== undefined && asked === paused && !isPlaceholderData && error === null, error };
}
