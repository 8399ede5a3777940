/** Feature flags: asked synchronously from memory, changed through the store. */
import {
  type AnyFlags,
  type Flag,
  type FlagEdit,
  type FlagName,
  type FlagSettings,
  isKillAlone,
  parseFlagSettings,
  percentageToShare,
  restoredSettings,
  type SegmentSettings,
  SluiceError,
  type StaleSettings,
} from '@sluice/core';
import type { PendingEmergency } from './break-glass/pending-emergency.ts';
import { editSchedulerOf, type ScheduledEditDetails, type ScheduleOptions } from './edit-scheduler.ts';
import { flagAtRevision } from './flag-at-revision.ts';
import { describeFlag, type FlagDetails } from './flag-details.ts';
import { editDecision } from './flag-edit-decision.ts';
import { FlagReader } from './flag-reader.ts';
import { type FlagStats, flagStats } from './flag-stats.ts';
import {
  checkOptions,
  EDIT_OPTIONS,
  type EditOptions,
  emergencyAttributionOf,
  MUTATION_OPTIONS,
  type MutationOptions,
  requestOf,
} from './mutation.ts';
import { callOn, nameOf, userIdOf } from './names.ts';
import { type SegmentDetails, SegmentEditor, type SegmentSummary } from './segment-editor.ts';
import { type StaleFlag, staleFlags } from './stale-flags.ts';

/** `force` moves a share that a rollout or test owns, which then holds for drift. */
export interface ShareOptions extends EditOptions {
  readonly force?: boolean;
}

/** A manager of flags, whichever flags the program declares: what the other managers are built over. */
export type FlagManager = Pick<FeatureFlagManager, 'runtime'>;

/**
 * Mutations resolve once the change is durable and every evaluation sees it. Evaluation never throws and does no I/O.
 * With a type of the program's flags, as in `FeatureFlagManager<{ new_model: boolean }>`, asking a flag that is not among them does not compile.
 *
 * Alone it keeps flags in `config/feature_flags.json`; `createSluice` builds it together with the other managers.
 */
export class FeatureFlagManager<Flags extends object = AnyFlags> extends FlagReader<Flags> {
  readonly #segments = new SegmentEditor(this.runtime);
  readonly #scheduler = editSchedulerOf(this.runtime);

  /**
   * Creates the flag or merges into what is there. Without `enabled`, a new flag is disabled at 0 %. `{ enabled: false }` and nothing else is the
   * kill switch, as `disableFlag`.
   * @throws SluiceError `invalid` naming every bad setting
   */
  async setFlag(name: FlagName<Flags>, settings: FlagSettings, options: ShareOptions = {}): Promise<FlagDetails> {
    const parsed = parseFlagSettings(nameOf(name, 'flag name'), settings);
    const isLive = (this.runtime.view.flag(name)?.status ?? 'disabled') !== 'disabled';
    if (isLive && isKillAlone(parsed)) {
      checkOptions(`setFlag("${name}")`, options, [...MUTATION_OPTIONS, 'force']);
      return this.#kill(name, options);
    }
    return this.#edit('setFlag', name, options, (force) => ({ type: 'set', settings: parsed, force }));
  }

  /** @throws SluiceError `invalid` outside 0 to 100, `conflict` when a rollout or test owns the share */
  async setRolloutPercentage(name: FlagName<Flags>, percentage: number, options: ShareOptions = {}): Promise<FlagDetails> {
    const share = percentageToShare(percentage, 'rolloutPercentage');
    return this.#edit('setRolloutPercentage', name, options, (force) => ({ type: 'setShare', share, force }));
  }

  /** On for every eligible unit. */
  enableFlag(name: FlagName<Flags>, options: ShareOptions = {}): Promise<FlagDetails> {
    return this.#edit('enableFlag', name, options, (force) => ({ type: 'enable', force }));
  }

  /**
   * The kill switch: off for everybody, the percentage kept. Never refused; a rollout or test that owned the share ends. In effect
   * when this is called. When the store does not take it in time, it is answered with `durable: false` and brought there later.
   */
  async disableFlag(name: FlagName<Flags>, options: MutationOptions = {}): Promise<FlagDetails> {
    checkOptions(callOn('disableFlag', name), options, MUTATION_OPTIONS);
    return this.#kill(name, options);
  }

  async #kill(key: string, options: MutationOptions): Promise<FlagDetails> {
    await this.runtime.emergency({ key, act: { type: 'kill' }, ...emergencyAttributionOf(options) }, requestOf(options));
    return this.#details(key);
  }

  /** Kills and targeted rollbacks that are in effect in this process and that the store does not have yet, in the order they were asked for. */
  listPendingKills(): PendingEmergency[] {
    return this.runtime.breakGlass.pending();
  }

  /** Undoes a kill: the flag is again what it was before. */
  restoreFlag(name: FlagName<Flags>, options: EditOptions = {}): Promise<FlagDetails> {
    return this.#edit('restoreFlag', name, options, { type: 'restore' });
  }

  /** Makes the flag again what people had made it at an earlier revision, as a new one. @throws SluiceError `notFound` when the history has none such */
  async restoreRevision(name: string, revision: number, options: ShareOptions = {}): Promise<FlagDetails> {
    const key = nameOf(name, 'flag name');
    const settings = parseFlagSettings(key, restoredSettings(await flagAtRevision(this.runtime, key, revision)));
    return this.#edit('restoreRevision', key, options, (force) => ({ type: 'set', settings, force }));
  }

  /** On for this user whatever the percentage; lifts a targeted rollback. */
  async addUserToFlag(name: FlagName<Flags>, userId: string, options: EditOptions = {}): Promise<FlagDetails> {
    return this.#edit('addUserToFlag', name, options, { type: 'addUser', userId: userIdOf(userId) });
  }

  async removeUserFromFlag(name: FlagName<Flags>, userId: string, options: EditOptions = {}): Promise<FlagDetails> {
    return this.#edit('removeUserFromFlag', name, options, { type: 'removeUser', userId: userIdOf(userId) });
  }

  async addGroupToFlag(name: FlagName<Flags>, group: string, options: EditOptions = {}): Promise<FlagDetails> {
    return this.#edit('addGroupToFlag', name, options, { type: 'addGroup', group: nameOf(group, 'group') });
  }

  async removeGroupFromFlag(name: FlagName<Flags>, group: string, options: EditOptions = {}): Promise<FlagDetails> {
    return this.#edit('removeGroupFromFlag', name, options, { type: 'removeGroup', group: nameOf(group, 'group') });
  }

  /** Takes the flag out of use for good: it serves off, and its key is not used again. */
  archiveFlag(name: FlagName<Flags>, options: EditOptions = {}): Promise<FlagDetails> {
    return this.#edit('archiveFlag', name, options, { type: 'archive' });
  }

  /**
   * Has `settings` set when the instant comes, by whichever process is there, as a change of whoever calls this. A kill before then is not undone.
   * What cannot be made then is recorded as `schedule.refused` and told as a problem.
   * @throws SluiceError `invalid` naming every bad setting or an instant that is over, `notFound` for an unknown flag
   */
  scheduleEdit(name: string, settings: FlagSettings, options: ScheduleOptions): Promise<ScheduledEditDetails> {
    return this.#scheduler.schedule(name, settings, options);
  }

  /** What is still to be made, of this flag or of all, in the order in which it is due. */
  listScheduledEdits(name?: string): ScheduledEditDetails[] {
    return this.#scheduler.list(name);
  }

  /** @throws SluiceError `notFound` when it was made, refused or cancelled already */
  cancelScheduledEdit(id: string, options: MutationOptions = {}): Promise<void> {
    return this.#scheduler.cancel(id, options);
  }

  /**
   * Creates the segment, a named set of units for conditions (`in_segment`) and groups of flags, or merges into what is there.
   * @throws SluiceError `invalid` naming every bad setting, a segment that does not exist, or a circle of segments
   */
  setSegment(name: string, settings: SegmentSettings, options: EditOptions = {}): Promise<SegmentDetails> {
    return this.#segments.set(name, settings, options);
  }

  /** Undefined for an unknown segment. */
  getSegment(name: string): SegmentDetails | undefined {
    return this.#segments.get(name);
  }

  /** In order of name. */
  listSegments(): SegmentSummary[] {
    return this.#segments.list();
  }

  addSegmentMembers(name: string, userIds: readonly string[], options: EditOptions = {}): Promise<SegmentDetails> {
    return this.#segments.move(name, 'addMembers', userIds, options);
  }

  removeSegmentMembers(name: string, userIds: readonly string[], options: EditOptions = {}): Promise<SegmentDetails> {
    return this.#segments.move(name, 'removeMembers', userIds, options);
  }

  /** @throws SluiceError `refused` naming the flags, rollouts, tests and segments that use it, `notFound` */
  deleteSegment(name: string, options: EditOptions = {}): Promise<void> {
    return this.#segments.delete(name, options);
  }

  /** An edit that can be forced is made of whether it is. */
  async #edit(
    call: string,
    name: string,
    options: ShareOptions,
    edit: FlagEdit | ((force: boolean) => FlagEdit),
  ): Promise<FlagDetails> {
    const takesForce = typeof edit === 'function';
    checkOptions(callOn(call, name), options, takesForce ? [...EDIT_OPTIONS, 'force'] : EDIT_OPTIONS);
    const wanted = takesForce ? edit(options.force ?? false) : edit;
    await this.runtime.commit(editDecision(name, wanted, options), requestOf(options));
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
    const { view } = this.runtime;
    const flags = [...view.flags.keys()].flatMap((key) => view.served(key) ?? []).filter((flag) => flag.archivedAt === null);
    return flags.map((flag) => this.#describe(flag)).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Flags that have outlived their use: expired, settled, not asked any more, or broken. In order of name. @throws SluiceError `invalid` */
  listStale(settings: StaleSettings = {}): Promise<StaleFlag[]> {
    return staleFlags(this.runtime, settings);
  }

  /** Over all processes and restarts. @throws SluiceError `notFound` */
  async getFlagStats(name: string): Promise<FlagStats> {
    await this.runtime.ready;
    this.#details(nameOf(name, 'flag name'));
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

function unknownFlag(name: string): SluiceError {
  return new SluiceError('notFound', `flag "${name}" does not exist; create it with setFlag`);
}
