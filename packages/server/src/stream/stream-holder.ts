/** Whose a stream is, and what ends it early. */
import type { Principal, SluiceRecord } from '@sluice/core';
import type { Workspace } from 'sluice';
import type { StreamHub } from './stream-hub.ts';

/** The token's id, or the person who is here themselves. */
export function holderOf(principal: Principal): string {
  if (principal.kind === 'token') return principal.id;
  return principal.kind === 'person' ? (principal.token ?? `person ${principal.key}`) : principal.kind;
}

/** The id of the token that stands for them; null where none does. */
export function tokenOf(principal: Principal): string | null {
  if (principal.kind === 'token') return principal.id;
  return principal.kind === 'person' ? principal.token : null;
}

/** Until when the holder may have it by itself: streams of people end by their age. */
export function endOf(principal: Principal, { access }: Pick<Workspace, 'access'>): { readonly endsAt?: number } {
  const token = tokenOf(principal);
  const endsAt = token === null ? null : access.tokenEndsAt(token);
  return endsAt === null ? {} : { endsAt };
}

/**
 * Ends what was opened by a token that was changed, and by a person who was, with whatever token: whoever still may connects anew and is
 * asked again. On every replica, as soon as it hears of the change. Returns how to stop.
 */
export function endStreamsWithRights(workspace: Pick<Workspace, 'follow' | 'access'>, hub: StreamHub): () => void {
  return workspace.follow(({ records }) => {
    for (const record of records) for (const holder of holdersOf(record, workspace)) hub.endStreamsOf(holder);
  });
}

function holdersOf(record: SluiceRecord, { access }: Pick<Workspace, 'access'>): readonly string[] {
  if (record.kind === 'token') return [record.key];
  if (record.kind !== 'person') return [];
  return [`person ${record.key}`, ...access.listPersonalTokens(record.key).map(({ key }) => key)];
}
