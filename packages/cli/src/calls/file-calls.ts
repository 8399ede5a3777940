/** The same calls, done on a flag file by the library in this process. */
import type { AnswerOf, CallId, CallOptions, InputOf } from '@sluice/client';
import { SluiceError } from '@sluice/core';
import { createSluice, type Sluice } from 'sluice';
import type { Calls } from './calls.ts';
import type { FileCall } from './file-call.ts';
import { FLAG_CALLS } from './file-flags.ts';
import { RECORD_CALLS } from './file-records.ts';
import { ROLLOUT_CALLS } from './file-rollouts.ts';

const CALLS: Readonly<Record<string, (call: never) => Promise<unknown>>> = { ...FLAG_CALLS, ...ROLLOUT_CALLS, ...RECORD_CALLS };

export function fileCalls(file: string, variables: Readonly<Record<string, string | undefined>>, checkThere: () => void): Calls {
  let sluice: Sluice | null = null;
  const actor = variables.SLUICE_ACTOR || variables.USER || 'local';
  return {
    call: async <Id extends CallId>(id: Id, input: InputOf<Id>, { ifRevision }: CallOptions) => {
      const call = CALLS[id] as ((call: FileCall<Id>) => Promise<AnswerOf<Id>>) | undefined;
      if (call === undefined)
        throw new SluiceError('refused', 'this is done on a server, not on a flag file: leave out --file, or give --url');
      if (sluice === null) checkThere();
      sluice ??= createSluice({ file });
      await sluice.ready;
      const { reason } = input as { readonly reason?: string };
      const by = { actor, ...(reason === undefined ? {} : { reason }), ...(ifRevision === undefined ? {} : { ifRevision }) };
      const answer = await call({ sluice, input, by });
      checkKept(sluice, file);
      return answer;
    },
    close: async () => sluice?.close(),
  };
}

/** What is in effect in this process alone ends with the command: it must not be told as done. @throws SluiceError `unavailable` */
function checkKept(sluice: Sluice, file: string): void {
  const lost = sluice.flags.listPendingKills().find(({ isJournalled }) => !isJournalled);
  if (lost === undefined) return;
  const why = `neither ${file} nor the break-glass journal beside it can be written`;
  throw new SluiceError('unavailable', `flag "${lost.flag}" is as it was: ${why}`);
}
