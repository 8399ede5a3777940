/** The validator runs of this process: at most one at a time for each rollout, and what each came to until a kept record has it. */
import { createHash } from 'node:crypto';
import { currentStage, type Rollout, type Transition, type Validation } from '@sluice/core';
import type { Runtime } from './runtime.ts';
import { runValidator, type ValidatorQuestion, type ValidatorRegistry } from './validators.ts';

interface Run {
  readonly number: number;
  readonly stop: AbortController;
}

export class ValidationRuns {
  readonly #runtime: Runtime;
  readonly #validators: ValidatorRegistry;
  readonly #runs = new Map<string, Run>();
  readonly #outcomes = new Map<string, Validation>();

  constructor(runtime: Runtime, validators: ValidatorRegistry) {
    this.#runtime = runtime;
    this.#validators = validators;
  }

  /** Starts a run unless one is under way. `done` is called when its outcome is there to be asked for. */
  begin(rollout: Rollout, wanted: NonNullable<Transition['validate']>, done: () => Promise<void> | void): void {
    const { key, number, plan } = rollout;
    const stage = currentStage(rollout.phase);
    const validator = plan.validatorName === null ? undefined : this.#validators.get(plan.validatorName);
    const running = this.#runs.get(key);
    if (stage === null || validator === undefined || running?.number === number) return;
    running?.stop.abort();
    const run: Run = { number, stop: new AbortController() };
    this.#runs.set(key, run);
    const { clock } = this.#runtime;
    const settled = runValidator(validator, wanted.percentage, {
      question: questionOf(rollout, stage, wanted.atEndOfBake),
      deadlineMs: plan.validatorDeadlineMs,
      clock,
      stop: run.stop.signal,
    }).then((result) => {
      // A run that was stopped has come to nothing, and a newer one may have its place.
      if (this.#runs.get(key) !== run) return;
      this.#runs.delete(key);
      this.#outcomes.set(key, { rollout: number, stage, atEndOfBake: wanted.atEndOfBake, ...result, at: clock.now() });
      return done();
    });
    clock.track(settled);
  }

  /** What the current stage's validator said and no kept record has taken yet; it is answered until `settle` is told of one. */
  newsFor({ key, number, phase }: Rollout): Validation | null {
    const outcome = this.#outcomes.get(key);
    if (outcome?.rollout === number && outcome.stage === currentStage(phase)) return outcome;
    this.#outcomes.delete(key);
    return null;
  }

  /** A record that has taken this outcome was kept. Not before: harm must not be lost to a commit that failed, or that somebody else's came before. */
  settle(key: string, taken: Validation | null): void {
    if (this.#outcomes.get(key) === taken) this.#outcomes.delete(key);
  }

  /** Waits for none of them any more, so that a validator that hangs does not keep the process. */
  close(): void {
    const runs = [...this.#runs.values()];
    this.#runs.clear();
    for (const { stop } of runs) stop.abort();
  }
}

/** The key holds what was last heard of the stage, so that a validator which is asked every minute is asked anew each time. */
function questionOf({ scope, key, number, progress }: Rollout, stage: number, atEndOfBake: boolean): ValidatorQuestion {
  const heardAt = progress?.validation?.at ?? progress?.enteredAt ?? 0;
  const asked = JSON.stringify([scope.project, scope.environment, key, number, stage, atEndOfBake, heardAt]);
  // Names may be any text, and the key stands in a header.
  const idempotencyKey = createHash('sha256').update(asked).digest('hex').slice(0, 32);
  return { scope, flag: key, rollout: number, stage, atEndOfBake, idempotencyKey };
}
