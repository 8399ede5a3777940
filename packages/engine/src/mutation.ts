/** Who changes something and why, as callers may leave it out. */
import { type Attribution, SluiceError } from '@sluice/core';

export interface MutationOptions {
  /** Why; kept in the history. */
  readonly reason?: string;
  /** Who; `local` unless given. */
  readonly actor?: string;
}

export function attributionOf(options: MutationOptions = {}): Attribution {
  return { actor: options.actor ?? 'local', reason: options.reason ?? '' };
}

/** For what must not happen without a reason. @throws SluiceError `invalid` when there is none */
export function attributionWithReason(what: string, options: MutationOptions): Attribution {
  const by = attributionOf(options);
  if (typeof by.reason === 'string' && by.reason.trim() !== '') return by;
  throw new SluiceError('invalid', `${what} needs a reason, such as { reason: 'error rate above 5 %' }`, {
    issues: [{ path: '/reason', message: 'must say why' }],
  });
}
