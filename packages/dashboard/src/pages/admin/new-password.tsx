/** A new password for somebody who lost theirs. */
import { useState } from 'react';
import { useAct } from '../../api/acting.tsx';
import { api } from '../../api/api.ts';
import { MadeSecret } from '../../parts/made-secret.tsx';
import { Reasoned } from '../../parts/reasoned.tsx';

export function NewPassword({ email }: { readonly email: string }) {
  const [password, setPassword] = useState<string | null>(null);
  const set = useAct<string, string>({
    send: async (reason, idempotencyKey) => {
      const made = newPassword();
      await api.people.setPassword({ email, password: made, reason }, { idempotencyKey });
      return made;
    },
    onDone: setPassword,
  });
  return (
    <>
      <Reasoned
        label="New password"
        consequence={`A new password is made for ${email}, the old one is refused, and every session of theirs ends.`}
        isReasonNeeded
        isRunning={set.isRunning}
        onConfirm={set.run}
        button={{ size: 'compact-sm', variant: 'default' }}
      />
      {password !== null && (
        <MadeSecret title={`The new password of ${email}`} secret={password} onClose={() => setPassword(null)}>
          Tell it to them on a way that only they read.
        </MadeSecret>
      )}
    </>
  );
}

const LETTERS = 'abcdefghijkmnpqrstuvwxyz23456789';
const LENGTH = 24;

/** 24 of 32 letters that nobody takes for another, 120 bits in all. */
export function newPassword(): string {
  const drawn = crypto.getRandomValues(new Uint8Array(LENGTH));
  const letters = Array.from(drawn, (byte) => LETTERS[byte % LETTERS.length]).join('');
  return letters.replaceAll(/(.{6})(?=.)/g, '$1-');
}
