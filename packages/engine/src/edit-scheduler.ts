/** Makes scheduled edits when they are due. It holds no rule of its own, and no timer is the truth: what is due stands in the records. */
import {
  type Change,
  copyJson,
  type FlagSettings,
  type InstantSetting,
  instantOf,
  type JsonObject,
  parseFlagSettings,
  planCancelEdit,
  planDueEdit,
  planScheduleEdit,
  type Schedule,
  type ScheduledEdit,
  SluiceError,
} from '@sluice/core';
import { describeValue } from './failure.ts';
import { attributionOf, checkOptions, MUTATION_OPTIONS, type MutationOptions, requestOf } from './mutation.ts';
import { nameOf } from './names.ts';
import type { Runtime } from './runtime.ts';

export interface ScheduleOptions extends MutationOptions {
  /** When the edit is to be made: an ISO 8601 date-time with its zone, milliseconds since 1970, or a Date. */
  readonly at: InstantSetting;
}

export interface ScheduledEditDetails {
  readonly id: string;
  readonly flag: string;
  readonly at: Date;
  readonly settings: FlagSettings;
  readonly actor: string;
  readonly reason: string;
  readonly scheduledAt: Date;
}

/** A wall clock that is set forward meanwhile is noticed so soon. */
const LONGEST_WAIT_MS = 60_000;
const RETRY_MS = 1_000;

const SCHEDULERS = new WeakMap<Runtime, EditScheduler>();

/** One for everything that stands on one runtime. */
export function editSchedulerOf(runtime: Runtime): EditScheduler {
  const found = SCHEDULERS.get(runtime) ?? new EditScheduler(runtime);
  SCHEDULERS.set(runtime, found);
  return found;
}

export class EditScheduler {
  readonly #runtime: Runtime;
  #timer: { readonly at: number; readonly cancel: () => void } | null = null;
  #making: Promise<void> | null = null;
  #notBefore = Number.NEGATIVE_INFINITY;
  #retryMs = RETRY_MS;
  #isClosed = false;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    runtime.observe(({ records }) => {
      if (records.some((record) => record.kind === 'schedule')) this.#arm();
    });
    runtime.onClose(() => this.#close());
    runtime.ready.then(
      () => this.#arm(),
      () => {},
    );
  }

  async schedule(name: string, settings: FlagSettings, options: ScheduleOptions): Promise<ScheduledEditDetails> {
    const key = nameOf(name, 'flag name');
    checkOptions(`scheduleEdit("${key}")`, options, [...MUTATION_OPTIONS, 'at']);
    const at = instantOf(options.at);
    if (at === null) throw badInstant(key, options.at);
    parseFlagSettings(key, settings);
    const given = Object.entries(settings).filter(([, value]) => value !== undefined);
    const kept = copyJson(Object.fromEntries(given)) as JsonObject;
    const by = attributionOf(options);
    const committed = await this.#runtime.commit(
      (view, now) => planScheduleEdit({ ...view.facts(key), schedule: view.schedules.get(key) }, kept, at, by, now),
      requestOf(options),
    );
    const [made] = committed?.records ?? [];
    const edit = made?.kind === 'schedule' ? made.pending.find(({ id }) => id === `${key}#${made.lastNumber}`) : undefined;
    if (edit === undefined)
      throw new SluiceError('unavailable', `the scheduled edit of "${key}" was kept and cannot be read back`);
    return describe(key, edit);
  }

  async cancel(id: string, options: MutationOptions): Promise<void> {
    checkOptions('cancelScheduledEdit', options, MUTATION_OPTIONS);
    if (typeof id !== 'string')
      throw new SluiceError(
        'invalid',
        `the id of a scheduled edit is a text, as scheduleEdit answers it; it is ${describeValue(id)}`,
      );
    const by = attributionOf(options);
    await this.#runtime.commit((view, now) => {
      const holds = ({ pending }: Schedule): boolean => pending.some((edit) => edit.id === id);
      return planCancelEdit([...view.schedules.values()].find(holds), id, by, now);
    }, requestOf(options));
  }

  list(name?: string): ScheduledEditDetails[] {
    const schedules = [...this.#runtime.view.schedules.values()].filter(({ key }) => name === undefined || key === name);
    const edits = schedules.flatMap(({ key, pending }) => pending.map((edit) => describe(key, edit)));
    return edits.sort((a, b) => a.at.getTime() - b.at.getTime() || (a.id < b.id ? -1 : 1));
  }

  #arm(): void {
    if (this.#isClosed || this.#making !== null) return;
    const { clock, view } = this.#runtime;
    let dueAt = Number.POSITIVE_INFINITY;
    for (const schedule of view.schedules.values()) dueAt = Math.min(dueAt, schedule.dueAt ?? dueAt);
    this.#timer?.cancel();
    this.#timer = null;
    if (!Number.isFinite(dueAt)) return;
    const at = Math.min(Math.max(dueAt, this.#notBefore), clock.now() + LONGEST_WAIT_MS);
    this.#timer = { at, cancel: clock.schedule(at, () => this.#makeDue()) };
  }

  #makeDue(): Promise<void> {
    const work = this.#makeAll().then(() => {
      this.#making = null;
      this.#arm();
    });
    this.#making = work;
    return work;
  }

  async #makeAll(): Promise<void> {
    const { clock, view } = this.#runtime;
    try {
      for (const { key } of [...view.schedules.values()])
        while (!this.#isClosed && (view.schedules.get(key)?.dueAt ?? Number.POSITIVE_INFINITY) <= clock.now())
          await this.#make(key);
      this.#retryMs = RETRY_MS;
    } catch (error) {
      this.#runtime.problem(error);
      // What is due stays due: a store that refuses is asked more and more seldom, never given up.
      this.#notBefore = clock.now() + this.#retryMs;
      this.#retryMs = Math.min(2 * this.#retryMs, LONGEST_WAIT_MS);
    }
  }

  /** Decides on the flag that was looked at: one that changed meanwhile may have been killed. */
  async #make(key: string): Promise<void> {
    const { view } = this.#runtime;
    const [flag, edit] = [view.flag(key), view.schedules.get(key)?.pending[0]];
    const wasKilledSince = flag?.status === 'disabled' && edit !== undefined && (await this.#wasKilledSince(key, edit.id));
    const committed = await this.#runtime.commit((current, now) => {
      if (current.flag(key)?.revision !== flag?.revision) return null;
      const forbids = (change: Change) => this.#runtime.forbids(change);
      return planDueEdit({ ...current.facts(key), schedule: current.schedules.get(key) }, { wasKilledSince, forbids }, now);
    });
    for (const { type, reason, detail } of committed?.events ?? [])
      if (type === 'schedule.refused')
        this.#runtime.problem(
          new SluiceError('refused', `the edit of "${key}" that was scheduled for ${String(detail.at)} was not made: ${reason}`),
        );
  }

  /** By the log, whose order no clock that is set back changes. */
  async #wasKilledSince(key: string, id: string): Promise<boolean> {
    const { store, view } = this.#runtime;
    const { scope } = view;
    const [kill] = await store.log({ scope, kind: 'flag', key, types: ['flag.killed'], newestFirst: true, limit: 1 });
    if (kill === undefined) return false;
    const added = await store.log({ scope, kind: 'schedule', key, types: ['schedule.added'], after: kill.seq, limit: 1_000 });
    return !added.some(({ detail }) => detail.id === id);
  }

  async #close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
    await this.#making;
  }
}

function describe(flag: string, { id, at, settings, by, scheduledAt }: ScheduledEdit): ScheduledEditDetails {
  return Object.freeze({
    id,
    flag,
    at: new Date(at),
    settings: settings as FlagSettings,
    actor: by.actor,
    reason: by.reason,
    scheduledAt: new Date(scheduledAt),
  });
}

function badInstant(key: string, at: unknown): SluiceError {
  const message = `must be an instant such as "2027-01-31T08:00:00Z", milliseconds since 1970 or a Date; it is ${describeValue(at)}`;
  return new SluiceError('invalid', `flag "${key}": /at ${message}`, { issues: [{ path: '/at', message }] });
}
