/** What an environment serves now, as one tag: it changes whenever any answer of any unit may. */
import { hash } from 'node:crypto';
import type { Sluice } from 'sluice';

interface Kept {
  /** Null since the last commit. */
  digest: string | null;
}

const KEPT = new WeakMap<Sluice, Kept>();

/**
 * The same on every replica that has seen the same commits, and after a restart: it is made of the revisions of all flags and segments.
 * What changes with time (scheduled edits, stages of rollouts) changes by commits. Kills that the store does not have yet, and overrides
 * of this process, are in it too.
 */
export function configEtag(sluice: Sluice): string {
  const kept = KEPT.get(sluice) ?? watched(sluice);
  kept.digest ??= digestOf(revisionsOf(sluice));
  const pending = sluice.flags.listPendingKills();
  const overrides = sluice.flags.listOverrides();
  const isPlain = pending.length === 0 && Object.keys(overrides).length === 0;
  return isPlain ? kept.digest : digestOf([kept.digest, JSON.stringify([pending, overrides])]);
}

function watched(sluice: Sluice): Kept {
  const kept: Kept = { digest: null };
  KEPT.set(sluice, kept);
  const { runtime } = sluice.flags;
  const forget = (): void => {
    kept.digest = null;
  };
  runtime.observe(forget);
  void runtime.ready.then(forget, forget);
  return kept;
}

function* revisionsOf({ flags }: Sluice): Iterable<string> {
  const { view } = flags.runtime;
  for (const { key, revision, updatedAt } of sorted(view.allFlags())) yield `flag ${key} ${revision} ${updatedAt}`;
  for (const { key, revision, updatedAt } of sorted(view.segments.all())) yield `segment ${key} ${revision} ${updatedAt}`;
}

function sorted<T extends { readonly key: string }>(records: Iterable<T>): T[] {
  return [...records].sort((a, b) => (a.key < b.key ? -1 : 1));
}

export function digestOf(parts: Iterable<string>): string {
  let whole = '';
  for (const part of parts) whole += `${part.length} ${part}`;
  return hash('sha256', whole, 'base64url').slice(0, 27);
}
