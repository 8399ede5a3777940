/** What a history let each rollout know: answers of validators, measurements, units served. Judged apart from what the product made of it. */
import { currentStage, type Rollout } from '@sluice/core';

export const BEHAVIOURS = ['true', 'false', 'throws', 'rejects', 'hangs', 'undefined', 'slow', 'late'] as const;
export type Behaviour = (typeof BEHAVIOURS)[number];
export const READINGS = ['good', 'bad', 'none', 'broken'] as const;
export type Reading = (typeof READINGS)[number];

interface StageEvidence {
  readonly place: string;
  said: { true: boolean; false: boolean };
  readonly served: Set<string>;
}

export class Evidence {
  readonly behaviours = new Map<string, Behaviour>();
  reading: Reading = 'good';
  readonly #stages = new Map<string, StageEvidence>();

  /** Of the stage that this rollout is in now; what was known of another one is of no use to it. */
  of(rollout: Rollout | undefined): StageEvidence {
    const place = rollout === undefined ? '' : `${rollout.number}/${currentStage(rollout.phase) ?? -1}`;
    const key = rollout?.key ?? '';
    const found = this.#stages.get(key);
    if (found?.place === place) return found;
    const fresh = { place, said: { true: false, false: false }, served: new Set<string>() };
    this.#stages.set(key, fresh);
    return fresh;
  }

  /** A process that died may have heard what no record has. */
  forgetHarm(): void {
    for (const { said } of this.#stages.values()) said.false = false;
  }
}
