/** An instant: how long ago or until then, and exactly, in the reader's own zone. */
import { Text, Tooltip } from '@mantine/core';
import { useEffect, useState } from 'react';
import { relative } from './durations.ts';

export function useNow(everyMs: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

export function Moment({ at }: { readonly at: string | number }) {
  const now = useNow(10_000);
  const date = new Date(at);
  const exact = date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'long' });
  return (
    <Tooltip label={exact}>
      <Text
        component="time"
        dateTime={date.toISOString()}
        size="sm"
        c="dimmed"
        className="tabular"
        style={{ whiteSpace: 'nowrap' }}
      >
        {relative(date.getTime() - now)}
      </Text>
    </Tooltip>
  );
}
