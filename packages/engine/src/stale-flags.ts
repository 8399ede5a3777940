/** Which flags have outlived their use, as people read it. */
import { parseStaleSettings, prerequisitesOf, type StaleSettings, type StaleSign, staleSigns } from '@sluice/core';
import type { Runtime } from './runtime.ts';

export interface StaleFlag {
  readonly name: string;
  readonly owner: string | null;
  readonly tags: readonly string[];
  /** Over all processes and restarts, to the second; null when it was never asked. */
  readonly lastEvaluatedAt: Date | null;
  readonly signs: readonly (Omit<StaleSign, 'since'> & { readonly since: Date | null })[];
}

/** In order of name. @throws SluiceError `invalid` naming every bad setting */
export async function staleFlags(runtime: Runtime, settings: StaleSettings = {}): Promise<StaleFlag[]> {
  const parsed = parseStaleSettings(settings);
  await runtime.ready;
  await runtime.facts.flush();
  const { view, store, clock } = runtime;
  const living = view.allFlags().filter((flag) => flag.archivedAt === null);
  const needed = new Set(living.flatMap((flag) => prerequisitesOf(flag).map((prerequisite) => prerequisite.flag)));
  const flags = { get: (key: string) => view.flag(key) };
  const found: StaleFlag[] = [];
  for (const flag of living.sort((a, b) => (a.key < b.key ? -1 : 1))) {
    const { lastAt } = await store.readTally(view.scope, `flag/${flag.key}`);
    const experiment = view.experiments.get(flag.key);
    const isNeeded = needed.has(flag.key);
    const facts = { flag, lastEvaluatedAt: lastAt, experiment, flags, segments: view.segments, isNeeded };
    const signs = staleSigns(facts, parsed, clock.now());
    if (signs.length === 0) continue;
    found.push({
      name: flag.key,
      owner: flag.owner,
      tags: flag.tags,
      lastEvaluatedAt: lastAt === null ? null : new Date(lastAt),
      signs: signs.map((sign) => ({ ...sign, since: sign.since === null ? null : new Date(sign.since) })),
    });
  }
  return found;
}
