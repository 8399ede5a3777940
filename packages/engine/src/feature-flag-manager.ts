/** Feature flags: asked synchronously from memory, changed through the store. */
import {
  decide,
  type Evaluation,
  Evaluations,
  type Explanation,
  evaluationOf,
  explainCompiled,
  type Flag,
  type FlagEdit,
  type FlagSettings,
  isUsableKey,
  notFound,
  parseFlagSettings,
  percentageToShare,
  planFlagEdit,
  SluiceError,
  type Unit,
  unitKeyOf,
  variantIndexOf,
} from '@sluice/core';
import type { AnswerLog } from './answer-log.ts';
import type { PendingEmergency } from './break-glass/pending-emergency.ts';
import { describeValue } from './failure.ts';
import { describeFlag, type FlagDetails } from './flag-details.ts';
import { type FlagStats, flagStats } from './flag-stats.ts';
import { attributionOf, type MutationOptions } from './mutation.ts';
import { Runtime, type SluiceOptions } from './runtime.ts';
import type { LiveFlag } from './view.ts';

/** `force` moves a share that a rollout or test owns, which then holds for drift. */
export interface ShareOptions extends MutationOptions {
  readonly force?: boolean;
}

/**
 * Mutations resolve once the change is durable and every evaluation sees it. Evaluation never throws and does no I/O.
 *
 * Alone it keeps flags in `config/feature_flags.json`; `createSluice` builds it together with the other managers.
 */
export class FeatureFlagManager {
  /** What the other managers stand on; not for applications. */
  readonly runtime: Runtime;
  readonly #flags: ReadonlyMap<string, LiveFlag>;
  readonly #answers: AnswerLog;

  constructor(options: SluiceOptions | Runtime = {}) {
    this.runtime = options instanceof Runtime ? options : new Runtime(options);
    this.#flags = this.runtime.view.flags;
    this.#answers = this.runtime.facts.answers;
  }

  /** True when the unit is served a variant other than the off variant; `fallback` when the flag cannot answer. */
  isEnabled(name: string, unit?: Unit, fallback = false): boolean {
    const live = this.#flags.get(name);
    if (live === undefined) return fallback;
    const variant = variantIndexOf(this.#ask(live, unit));
    return variant < 0 ? fallback : variant !== live.compiled.off;
  }

  /** The name of the variant served; `fallback` when the flag cannot answer. */
  getVariant<T extends string | null = null>(name: string, unit?: Unit, fallback: T = null as T): string | T {
    const live = this.#flags.get(name);
    if (live === undefined) return fallback;
    return live.compiled.variants[variantIndexOf(this.#ask(live, unit))] ?? fallback;
  }

  /** The variant's value with variant, reason, rule and revision; the value is `fallback` when the flag cannot answer. */
  evaluate<T>(name: string, unit: Unit | undefined, fallback: T): Evaluation<T> {
    const live = this.#flags.get(name);
    return live === undefined ? notFound(fallback) : evaluationOf(live.compiled, this.#ask(live, unit), fallback);
  }

  /** Every live flag for one unit. Counts neither as evaluations nor as exposures. */
  evaluateAll(unit?: Unit): Evaluations {
    return new Evaluations(this.runtime.view.table(), unit);
  }

  /** Why this unit gets what it gets, step by step; null for an unknown flag. Never counts as an exposure. */
  explain(name: string, unit?: Unit): Explanation | null {
    const live = this.#flags.get(name);
    return live === undefined ? null : explainCompiled(live.compiled, unit);
  }

  #ask(live: LiveFlag, unit: Unit | undefined): number {
    const outcome = decide(live.compiled, unit);
    if (!live.isDirty) this.runtime.facts.markDirty(live);
    try {
      this.#answers.add(live, outcome, unit);
      if (live.watch !== null) tell(live, outcome, unit);
    } catch {
      // A hostile unit may answer once and throw the next time it is read; the answer stands, only its count is lost.
    }
    return outcome;
  }

  /** Creates the flag or merges into what is there. Without `enabled`, a new flag is disabled at 0 %. @throws SluiceError `invalid` naming every bad setting */
  async setFlag(name: string, settings: FlagSettings, options: ShareOptions = {}): Promise<FlagDetails> {
    const parsed = parseFlagSettings(name, settings);
    return this.#edit(name, { type: 'set', settings: parsed, force: options.force ?? false }, options);
  }

  /** @throws SluiceError `invalid` outside 0 to 100, `conflict` when a rollout or test owns the share */
  async setRolloutPercentage(name: string, percentage: number, options: ShareOptions = {}): Promise<FlagDetails> {
    const share = percentageToShare(percentage, 'rolloutPercentage');
    return this.#edit(name, { type: 'setShare', share, force: options.force ?? false }, options);
  }

  /** On for every eligible unit. */
  enableFlag(name: string, options: ShareOptions = {}): Promise<FlagDetails> {
    return this.#edit(name, { type: 'enable', force: options.force ?? false }, options);
  }

  /**
   * The kill switch: off for everybody, the percentage kept. Never refused; a rollout or test that owned the share ends. In effect
   * when this is called. When the store does not take it in time, it is answered with `durable: false` and brought there later.
   */
  async disableFlag(name: string, options: MutationOptions = {}): Promise<FlagDetails> {
    await this.runtime.emergency({ key: nameOf(name, 'flag name'), act: { type: 'kill' }, ...attributionOf(options) });
    return this.#details(name);
  }

  /** Kills and targeted rollbacks that are in effect in this process and that the store does not have yet, in the order they were asked for. */
  listPendingKills(): PendingEmergency[] {
    return this.runtime.breakGlass.pending();
  }

  /** Undoes a kill: the flag is again what it was before. */
  restoreFlag(name: string, options: MutationOptions = {}): Promise<FlagDetails> {
    return this.#edit(name, { type: 'restore' }, options);
  }

  /** On for this user whatever the percentage; lifts a targeted rollback. */
  async addUserToFlag(name: string, userId: string, options: MutationOptions = {}): Promise<FlagDetails> {
    return this.#edit(name, { type: 'addUser', userId: userIdOf(userId) }, options);
  }

  async removeUserFromFlag(name: string, userId: string, options: MutationOptions = {}): Promise<FlagDetails> {
    return this.#edit(name, { type: 'removeUser', userId: userIdOf(userId) }, options);
  }

  async addGroupToFlag(name: string, group: string, options: MutationOptions = {}): Promise<FlagDetails> {
    return this.#edit(name, { type: 'addGroup', group: nameOf(group, 'group') }, options);
  }

  async removeGroupFromFlag(name: string, group: string, options: MutationOptions = {}): Promise<FlagDetails> {
    return this.#edit(name, { type: 'removeGroup', group: nameOf(group, 'group') }, options);
  }

  /** Takes the flag out of use for good: it serves off, and its key is not used again. */
  archiveFlag(name: string, options: MutationOptions = {}): Promise<FlagDetails> {
    return this.#edit(name, { type: 'archive' }, options);
  }

  async #edit(name: string, edit: FlagEdit, options: MutationOptions): Promise<FlagDetails> {
    await this.runtime.commit((view, now) =>
      planFlagEdit(view.facts(nameOf(name, 'flag name')), edit, attributionOf(options), now),
    );
    return this.#details(name);
  }

  /** Undefined for an unknown flag; archived ones are still there to be read. */
  getFlag(name: string): FlagDetails | undefined {
    const flag = this.runtime.view.served(name);
    return flag === undefined ? undefined : this.#describe(flag);
  }

  #describe(flag: Flag): FlagDetails {
    return describeFlag(flag, !this.runtime.breakGlass.isPendingFor(flag.key));
  }

  /** In order of name, archived ones left out. */
  listFlags(): FlagDetails[] {
    const flags = [...this.#flags.values()].map((live) => live.compiled.flag).filter((flag) => flag.archivedAt === null);
    return flags.map((flag) => this.#describe(flag)).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Over all processes and restarts. @throws SluiceError `notFound` */
  async getFlagStats(name: string): Promise<FlagStats> {
    await this.runtime.ready;
    this.#details(name);
    await this.runtime.facts.flush();
    const tally = await this.runtime.store.readTally(this.runtime.view.scope, `flag/${name}`);
    const flag = this.runtime.view.flag(name);
    if (flag === undefined) throw unknownFlag(name);
    return flagStats(flag, tally);
  }

  /** Takes over edits made to the flag file by hand now, without waiting to see them. @throws SluiceError `invalid` with file, line and column; the last good state stays */
  async reload(): Promise<void> {
    await this.runtime.ready;
    await this.runtime.store.reload();
  }

  /** Flushes what is buffered and lets go of files and timers. */
  close(): Promise<void> {
    return this.runtime.close();
  }

  #details(name: string): FlagDetails {
    const details = this.getFlag(name);
    if (details === undefined) throw unknownFlag(name);
    return details;
  }
}

function tell(live: LiveFlag, outcome: number, unit: Unit | undefined): void {
  const key = unitKeyOf(live.compiled, unit);
  if (variantIndexOf(outcome) >= 0 && key !== null) live.watch?.exposed(live.compiled, outcome, key);
}

function unknownFlag(name: string): SluiceError {
  return new SluiceError('notFound', `flag "${name}" does not exist; create it with setFlag`);
}

/** Users are named as units are keyed: a whole number is its digits. */
function userIdOf(value: unknown): string {
  if (isUsableKey(value) && value !== '') return String(value);
  throw new SluiceError(
    'invalid',
    `the userId must be a text of 1 byte to 1 KiB, or a whole number; it is ${describeValue(value)}`,
    {
      issues: [{ path: '/userId', message: 'must be a text of 1 byte to 1 KiB, or a whole number' }],
    },
  );
}

function nameOf(value: unknown, place: string): string {
  if (typeof value === 'string' && value !== '' && value.length <= 256 && !/\p{Surrogate}/u.test(value)) return value;
  throw new SluiceError(
    'invalid',
    `the ${place} must be a well-formed text of 1 to 256 characters; it is ${describeValue(value)}`,
    {
      issues: [{ path: `/${place}`, message: 'must be a well-formed text of 1 to 256 characters' }],
    },
  );
}
