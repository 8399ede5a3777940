/** A clock that stands still until a test moves it, and then waits for everything that this sets off. */
import { SluiceError } from '@sluice/core';
import { Agenda } from './agenda.ts';
import type { Clock } from './clock.ts';
import { WorkUnderWay } from './work-under-way.ts';

export interface ManualClock extends Clock {
  /**
   * Lets `ms` pass. Everything that becomes due happens in order of time, equal instants in the order they were scheduled, each with
   * `now()` at its own instant, and each together with the work it starts before the next. Resolves when all of that has happened.
   *
   * Work that waits for the clock itself, or for the outside world, is waited for about 50 ms of processor time of this
   * process, once; after that it counts as hanging and time moves on without it.
   *
   * Calls made while another is under way queue up behind it. What tasks throw does not stop the others: it is thrown at the end,
   * one failure as it is, several as an `AggregateError`; what a hanging task throws later is thrown by the next call.
   * `advance(0)` lets what is due now, and work under way, happen.
   *
   * @throws SluiceError `invalid` for a negative or not finite time
   */
  advance(ms: number): Promise<void>;
  /**
   * Like `advance`, up to an instant in milliseconds since 1970.
   *
   * @throws SluiceError `invalid` for an instant that has passed when the call's turn comes
   */
  advanceTo(at: number): Promise<void>;
  /**
   * Sets the wall clock forward or back by `ms`, as an operator or NTP would: no time passes, nothing runs, and what is scheduled
   * keeps the rest of its wait.
   */
  jump(ms: number): void;
}

/** A task that schedules itself for the same instant would otherwise hold time for ever. */
const MOST_TASKS_AT_ONE_INSTANT = 10_000;

/** A clock that reads `startMs`, in milliseconds since 1970, and moves only by hand. */
export function manualClock(startMs: number): ManualClock {
  return new HandMovedClock(startMs);
}

class HandMovedClock implements ManualClock {
  readonly #agenda = new Agenda();
  readonly #work = new WorkUnderWay();
  /** Time that passes; the agenda is kept in it. The wall clock is ahead of it by all jumps so far. */
  #passed: number;
  #jumped = 0;
  #failures: unknown[] = [];
  #turn: Promise<void> = Promise.resolve();

  constructor(startMs: number) {
    this.#passed = checkedTime(startMs);
  }

  now(): number {
    return this.#passed + this.#jumped;
  }

  schedule(at: number, task: () => void | Promise<void>): () => void {
    return this.#agenda.add(checkedTime(at) - this.#jumped, task);
  }

  track(work: Promise<unknown>): void {
    this.#work.add(work);
  }

  jump(ms: number): void {
    this.#jumped += checkedTime(ms);
  }

  advance(ms: number): Promise<void> {
    return this.#inTurn(() => this.#passed + checkedTime(ms));
  }

  advanceTo(at: number): Promise<void> {
    return this.#inTurn(() => checkedTime(at) - this.#jumped);
  }

  #inTurn(target: () => number): Promise<void> {
    const moved = this.#turn.then(() => this.#moveTo(target()));
    this.#turn = moved.catch(() => {});
    return moved;
  }

  async #moveTo(target: number): Promise<void> {
    if (target < this.#passed) {
      throw new SluiceError(
        'invalid',
        `cannot advance by ${target - this.#passed} ms: time passes forward; jump(ms) sets a clock back`,
      );
    }
    await this.#work.settle();
    let tasksHere = 0;
    for (let due = this.#agenda.takeDue(target); due !== null; due = this.#agenda.takeDue(target)) {
      tasksHere = due.at > this.#passed ? 1 : tasksHere + 1;
      if (tasksHere > MOST_TASKS_AT_ONE_INSTANT) {
        throw new SluiceError(
          'refused',
          `${MOST_TASKS_AT_ONE_INSTANT} tasks ran at ${this.now()}: one keeps scheduling itself for now`,
        );
      }
      this.#passed = Math.max(this.#passed, due.at);
      this.#work.add(this.#perform(due.task));
      await this.#work.settle();
    }
    this.#passed = target;
    this.#throwFailures();
  }

  async #perform(task: () => void | Promise<void>): Promise<void> {
    try {
      await task();
    } catch (error) {
      this.#failures.push(error);
    }
  }

  #throwFailures(): void {
    const failures = this.#failures;
    this.#failures = [];
    if (failures.length === 0) return;
    if (failures.length === 1) throw failures[0];
    throw new AggregateError(failures, `${failures.length} scheduled tasks failed`);
  }
}

function checkedTime(ms: number): number {
  if (Number.isFinite(ms)) return ms;
  throw new SluiceError('invalid', `a manual clock moves by finite milliseconds, not ${ms}`);
}
