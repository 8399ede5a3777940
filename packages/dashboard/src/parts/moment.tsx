/** An instant: how long ago or until then, and exactly, in the reader's own zone. */
import { Text, Tooltip } from '@mantine/core';
import { useEffect, useState } from 'react';
import { serverNow } from '../api/server-clock.ts';
import { relative } from './durations.ts';

/** The instant of this drawing, by the server's clock, and drawn anew every `everyMs`: what has just come is never in the future. */
export function useNow(everyMs: number): number {
  const [, draw] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => draw((count) => count + 1), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return serverNow();
}

interface MomentProps {
  readonly at: string | number;
  /** In the colour of the words around it, as on a ground of its own. */
  readonly isPlain?: boolean;
}

export function Moment({ at, isPlain = false }: MomentProps) {
  const now = useNow(10_000);
  const date = new Date(at);
  const exact = date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'long' });
  return (
    <Tooltip label={exact}>
      <Text
        component="time"
        dateTime={date.toISOString()}
        size="sm"
        c={isPlain ? 'inherit' : 'dimmed'}
        className="tabular"
        style={{ whiteSpace: 'nowrap' }}
      >
        {relative(date.getTime() - now)}
      </Text>
    </Tooltip>
  );
}
