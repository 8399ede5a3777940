/** What a panel of units is served, and what it must be. */
import type { JsonObject } from '@sluice/core';
import type { Sluice, Unit } from 'sluice';
import { type CommitLaws, demand } from './commit-laws.testing.ts';

const PANEL = 200;
const GROUPS = ['internal', 'beta', 'a-preview', 'b-preview', 'c-preview'];

/** Every fifth is in one of the groups that stages name. */
export function membersOf(prefix: string, count: number): Unit[] {
  return Array.from({ length: count }, (_, index) => ({
    userId: `${prefix}${index}`,
    groups: index % 5 === 0 ? [GROUPS[(index / 5) % GROUPS.length] ?? ''] : [],
  }));
}

export const panel: readonly Unit[] = membersOf('u', PANEL);

export class AnswerLaws {
  readonly #laws: CommitLaws;
  readonly #before = new Map<string, ReadonlySet<string>>();
  /** Flags that were served otherwise than they were kept, when this was checked last. */
  #pending: ReadonlySet<string> = new Set();

  constructor(laws: CommitLaws) {
    this.#laws = laws;
  }

  /** The variant of every unit of the panel, by flag. */
  of({ flags }: Sluice): JsonObject {
    const served: Record<string, (string | null)[]> = {};
    for (const unit of panel)
      for (const [key, { variant }] of flags.evaluateAll(unit)) {
        const variants = served[key] ?? [];
        served[key] = variants;
        variants.push(variant);
      }
    return served;
  }

  check(sluice: Sluice): void {
    const served = this.of(sluice) as Record<string, readonly (string | null)[]>;
    const pending = new Set(sluice.flags.listPendingKills().map((kill) => kill.flag));
    for (const key of [...pending, ...this.#pending]) this.#laws.disturbed.add(key);
    this.#pending = pending;
    for (const flag of this.#laws.all('flag')) {
      const { key, disabledUsers } = flag;
      // With a rollback to a version that the store does not have yet, another than is kept.
      const offVariant = sluice.flags.getFlag(key)?.offVariant ?? flag.offVariant;
      demand(sluice.flags.getFlag(key)?.revision === flag.revision, `${key} is served as of another revision than it is kept`);
      const variants = served[key] ?? [];
      demand((flag.archivedAt === null) === (variants.length === PANEL), `${key} is archived and asked, or neither`);
      const on = new Set(panel.flatMap(({ userId }, index) => (variants[index] === offVariant ? [] : [String(userId)])));
      if (flag.archivedAt !== null) on.clear();
      demand(!this.#laws.owed.has(key) || on.size === 0, `${key} was killed while the store was gone, and is served`);
      demand(flag.status !== 'disabled' || on.size === 0, `${key} is disabled and served to ${on.size}`);
      const excluded = disabledUsers.filter((user) => on.has(user));
      demand(excluded.length === 0, `${excluded.join(', ')} of ${key} are excluded and served`);
      this.#checkDropped(key, on);
    }
    this.#laws.disturbed.clear();
  }

  /** Where nothing happened to a flag but stages that were opened, nobody who was in is out. */
  #checkDropped(key: string, on: ReadonlySet<string>): void {
    const before = this.#laws.disturbed.has(key) ? null : (this.#before.get(key) ?? null);
    const dropped = [...(before ?? [])].filter((user) => !on.has(user));
    demand(dropped.length === 0, `${dropped.join(', ')} fell out of ${key} though it only rose`);
    this.#before.set(key, on);
  }
}
