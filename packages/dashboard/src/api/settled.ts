/** What somebody types, once they pause: for questions that are not asked at every key. */
import { useDebouncedValue } from '@mantine/hooks';
import { useMemo } from 'react';

/**
 * The value as it was `ms` ago, if it has said the same since. Of what is no other by its JSON nothing is waited for: an object that is made anew
 * at every drawing would be waited for without end, and redraw whoever waits.
 */
export function useSettled<Value>(value: Value, ms: number): Value {
  const [text] = useDebouncedValue(JSON.stringify(value), ms);
  return useMemo(() => JSON.parse(text) as Value, [text]);
}
