/** Callbacks that do not have everything drawn anew that gets them. */
import { useLayoutEffect, useRef, useState } from 'react';

/** The same function at every drawing, which does what the last one was given: for events, never while drawing. */
export function useStable<Input extends readonly unknown[], Answer>(
  callback: (...input: Input) => Answer,
): (...input: Input) => Answer {
  const latest = useRef(callback);
  useLayoutEffect(() => {
    latest.current = callback;
  });
  const [stable] = useState(
    () =>
      (...input: Input) =>
        latest.current(...input),
  );
  return stable;
}
