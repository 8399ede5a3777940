/** What a history let each rollout know: answers of validators, measurements, units served. Judged apart from what the product made of it. */
import { currentStage, type Measurement, type Rollout } from '@sluice/core';
import type { Clock } from 'sluice';

export const BEHAVIOURS = ['true', 'false', 'throws', 'rejects', 'hangs', 'undefined', 'slow', 'late'] as const;
export type Behaviour = (typeof BEHAVIOURS)[number];
export const READINGS = ['good', 'bad', 'none', 'broken'] as const;
export type Reading = (typeof READINGS)[number];

/** Of the answers that a validator takes its time for, one comes before its deadline and one after. */
const SLOW_MS = 2_000;
export const VALIDATOR_DEADLINE_MS = 4_000;
const LATE_MS = 6_000;

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

  /** What the flag's validator does now. What it says in time is known of the stage that it was asked about. */
  validate(rollout: Rollout | undefined, key: string, percentage: number, clock: Clock): boolean | Promise<boolean> {
    const behaviour = this.behaviours.get(key) ?? 'true';
    const { said } = this.of(rollout);
    const answer = (value: boolean): boolean => {
      said[value ? 'true' : 'false'] = true;
      return value;
    };
    const after = (ms: number, then: () => boolean): Promise<boolean> =>
      new Promise((resolve) => clock.schedule(clock.now() + ms, () => resolve(then())));
    const does: Record<Behaviour, () => unknown> = {
      true: () => answer(true),
      false: () => answer(false),
      throws: () => {
        throw new Error(`at ${percentage}`);
      },
      rejects: () => Promise.reject(new Error('cannot say')),
      hangs: () => new Promise(() => {}),
      undefined: () => undefined,
      slow: () => after(SLOW_MS, () => answer(true)),
      late: () => after(LATE_MS, () => true),
    };
    return does[behaviour]() as boolean | Promise<boolean>;
  }

  /** What a metric source answers now. */
  measure(at: number): Measurement {
    if (this.reading === 'broken') throw new Error('no answer');
    if (this.reading === 'none') return { kind: 'noData', at: null };
    return { kind: 'value', value: this.reading === 'good' ? 0 : 1, samples: 100, at };
  }
}
