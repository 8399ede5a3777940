/** Two clicks before a button is seen to be busy are one. */
import { useCallback, useRef } from 'react';

/** Sends nothing that was sent already and has no answer yet. Resolves with whether it was sent and done; whoever gives `send` says what failed. */
export function useOnce<Input>(send: (input: Input) => Promise<unknown>): (input: Input) => Promise<boolean> {
  const unanswered = useRef(new Set<string | undefined>());
  return useCallback(
    async (input: Input) => {
      const sent = JSON.stringify(input);
      if (unanswered.current.has(sent)) return false;
      unanswered.current.add(sent);
      try {
        await send(input);
        return true;
      } catch {
        return false;
      } finally {
        unanswered.current.delete(sent);
      }
    },
    [send],
  );
}
