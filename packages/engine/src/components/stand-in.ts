/** What goes on serving in a process where the stable version of a component cannot be used: rather the version before it than a failure of every call. */
import { isEarlierVersion, SluiceError } from '@sluice/core';
import type { VersionSlot } from './version-slot.ts';

export class StandIns {
  readonly #slots: (component: string) => readonly VersionSlot[];
  readonly #onProblem: (error: SluiceError) => void;
  /** By component, the stable version that was usable here last. */
  readonly #proven = new Map<string, string>();
  /** By component, the stable version and the one before it, as far as this process saw them come and go. */
  readonly #seen = new Map<string, { readonly stable: string; readonly before: string | null }>();
  /** By component, the stable version that something stands in for. */
  readonly #begun = new Map<string, string>();

  constructor(slots: (component: string) => readonly VersionSlot[], onProblem: (error: SluiceError) => void) {
    this.#slots = slots;
    this.#onProblem = onProblem;
  }

  /**
   * The last stable version that could be used, else another that is loaded, else the stable version before, which may load; null when there
   * is none, or none is needed because `stable` is loaded. A process that was never given `stable` is one that a release left out: nothing
   * from before that release stands in there.
   */
  of(component: string, stable: string): VersionSlot | null {
    const all = this.#slots(component);
    const isLeftOut = !all.some(({ version, hasLoader }) => version === stable && hasLoader);
    const slots = isLeftOut ? all.filter(({ version }) => !isEarlierVersion(version, stable)) : all;
    const ready = slots.filter(({ state }) => state === 'ready');
    const before = this.#beforeOf(component, stable);
    if (ready.some(({ version }) => version === stable)) {
      this.#proven.set(component, stable);
      return null;
    }
    const loaded = ready.find(({ version }) => version === this.#proven.get(component)) ?? ready.at(-1);
    return loaded ?? slots.find(({ version, hasLoader }) => version === before && hasLoader) ?? null;
  }

  #beforeOf(component: string, stable: string): string | null {
    const seen = this.#seen.get(component);
    if (seen?.stable === stable) return seen.before;
    this.#seen.set(component, { stable, before: seen?.stable ?? null });
    return seen?.stable ?? null;
  }

  /** `stable` cannot be used, and why; told once. Answers the whole story in words. */
  begin(component: string, stable: string, why: string): string {
    const standIn = this.of(component, stable);
    const goesOn = standIn === null ? 'no version serves here' : `this process goes on with version ${standIn.version}`;
    const story = `component "${component}": everybody shall have version ${stable}, but ${goesOn} until that can be used here: ${why}`;
    if (this.#begun.get(component) !== stable) this.#onProblem(new SluiceError('unavailable', story));
    this.#begun.set(component, stable);
    return story;
  }

  /** `stable` can be used. True when something may have stood in for it, and can be let go of now. */
  end(component: string, stable: string): boolean {
    const isNew = this.#proven.get(component) !== stable;
    if (isNew) this.#proven.set(component, stable);
    return this.#begun.delete(component) || isNew;
  }
}
