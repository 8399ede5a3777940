/** User code that says whether a stage is good: found by name, and run so that whatever it does becomes an outcome. */
import { type Scope, SluiceError } from '@sluice/core';
import type { Clock } from './clock/clock.ts';
import { describeFailure, describeValue } from './failure.ts';

/** What a validator is asked about, beside the percentage. */
export interface ValidatorQuestion {
  readonly scope: Scope;
  /** The key of the flag that is rolled out. */
  readonly flag: string;
  /** Which rollout of the flag it is, from 1. */
  readonly rollout: number;
  /** The stage's place in the plan, from 0. */
  readonly stage: number;
  /** Whether the stage's bake is over, so that the answer decides if the rollout moves on. */
  readonly atEndOfBake: boolean;
  /** One question has one key, also when it is asked again because the answer was lost with a process; 32 hexadecimal digits. */
  readonly idempotencyKey: string;
}

export interface ValidatorContext extends ValidatorQuestion {
  /** Aborted when the validator is no longer waited for; hand it to `fetch` and the like. */
  readonly signal: AbortSignal;
}

/**
 * Judges a stage at `percentage`, 0 to 100: `true` lets the rollout advance, `false` is harm and rolls it back. Anything else
 * (a throw, a rejection, another value, no answer before the deadline) holds the rollout.
 *
 * It runs in this process, so one that never gives the event loop back stops the process with it.
 */
export type Validator = (percentage: number, context: ValidatorContext) => boolean | PromiseLike<boolean>;

/** What one run came to; `message` is a sentence for the rollout's status. */
export interface ValidatorResult {
  readonly outcome: 'advance' | 'harm' | 'error';
  readonly message: string;
}

export interface ValidatorRun {
  readonly question: ValidatorQuestion;
  readonly deadlineMs: number;
  readonly clock: Clock;
  /** Aborted when nobody waits for the answer any more. */
  readonly stop?: AbortSignal;
}

/** Validators by name, so that a restarted process finds the one that its rollouts are waiting for. */
export class ValidatorRegistry {
  readonly #validators = new Map<string, Validator>();

  /**
   * The latest registration of a name counts, also for rollouts that are under way.
   *
   * @throws SluiceError `invalid` for an empty name or when `validator` is not a function
   */
  register(name: string, validator: Validator): void {
    if (typeof name !== 'string' || name === '') {
      throw new SluiceError('invalid', `a validator's name is a text of at least one character, not ${describeValue(name)}`);
    }
    if (typeof validator !== 'function') {
      throw new SluiceError('invalid', `validator "${name}" is ${describeValue(validator)}; give a function of the percentage`);
    }
    this.#validators.set(name, validator);
  }

  get(name: string): Validator | undefined {
    return this.#validators.get(name);
  }

  names(): string[] {
    return [...this.#validators.keys()].sort();
  }
}

/**
 * Runs `validator` once. Never rejects, and resolves at its answer, when it is stopped or `deadlineMs` later on the clock, whichever comes first; what a
 * late validator still answers is ignored.
 */
export function runValidator(validator: Validator, percentage: number, run: ValidatorRun): Promise<ValidatorResult> {
  return new Promise((resolve) => {
    const abort = new AbortController();
    let stopWaiting = (): void => {};
    const finish = (result: ValidatorResult): void => {
      stopWaiting();
      resolve(result);
    };
    const deadlinePassed = (): void => {
      const message = `the validator gave no answer for ${percentage} % within ${run.deadlineMs} ms`;
      finish({ outcome: 'error', message });
      abort.abort(new SluiceError('unavailable', message));
    };
    stopWaiting = run.clock.schedule(run.clock.now() + run.deadlineMs, deadlinePassed, { keepAlive: true });
    const stopped = (): void => {
      finish({ outcome: 'error', message: `the validator was stopped at ${percentage} %` });
      abort.abort(new SluiceError('unavailable', 'nobody waits for the validator any more'));
    };
    run.stop?.addEventListener('abort', stopped, { once: true });
    const answered = (answer: unknown): void => finish(resultOf(answer, percentage));
    const failed = (error: unknown): void =>
      finish({ outcome: 'error', message: `the validator failed for ${percentage} %: ${describeFailure(error)}` });
    try {
      receive(validator(percentage, { ...run.question, signal: abort.signal }), answered, failed);
    } catch (error) {
      failed(error);
    }
  });
}

/** Takes a promise's answer one step deep: awaiting a thenable that answers with itself would occupy the process for ever. */
function receive(result: unknown, answered: (answer: unknown) => void, failed: (error: unknown) => void): void {
  const then = typeof result === 'object' && result !== null && 'then' in result ? result.then : null;
  if (typeof then === 'function') then.call(result, answered, failed);
  else answered(result);
}

function resultOf(answer: unknown, percentage: number): ValidatorResult {
  if (answer === true) return { outcome: 'advance', message: `the validator returned true for ${percentage} %` };
  if (answer === false) return { outcome: 'harm', message: `the validator returned false for ${percentage} %` };
  return {
    outcome: 'error',
    message: `the validator returned ${describeValue(answer)} for ${percentage} %; only true advances and only false rolls back`,
  };
}
