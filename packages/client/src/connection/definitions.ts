/** The definitions that a connection has: from disk first, from the stream as they change, and how far they may be trusted. */
import { MemberSet, type MemberSetName, memberSetsOf, SluiceError, type Snapshot } from '@sluice/core';
import { followStream, type StreamMessage } from '@sluice/protocol';
import type { ConnectionClock } from './connection-clock.ts';
import type { ConnectionListeners } from './connection-events.ts';
import { type ConnectionNews, type ConnectionStatus, statusAfter } from './connection-status.ts';
import { type FailSafe, shutFlags } from './fail-safe.ts';
import type { ServedFlags } from './served-flags.ts';
import type { StateFile } from './state-file.ts';

export interface DefinitionsOptions {
  readonly served: ServedFlags;
  readonly clock: ConnectionClock;
  readonly listeners: ConnectionListeners;
  readonly stateFile: StateFile | null;
  readonly failSafe: FailSafe;
  readonly graceMs: number;
  readonly loadMemberSet: (id: string) => Promise<Uint8Array>;
}

/** A state that changed is kept on disk so much later, together with what changes meanwhile. */
const SAVE_AFTER_MS = 1_000;

export class Definitions {
  readonly #options: DefinitionsOptions;
  #status: ConnectionStatus = 'NOT_READY';
  #snapshot: Snapshot | null = null;
  /** Whether the place of the snapshot may be told to the server; not after a part of the stream was missed. */
  #isPlaceKnown = true;
  /** When the server last said anything, in milliseconds since 1970. */
  #heardAt: number | null = null;
  #error: SluiceError | null = null;
  #hasLost = false;
  /** Changed flags that are told of once the status is READY. */
  #changed = new Set<string>();
  #setBytes = new Map<string, Uint8Array>();
  #cancelGrace: () => void = () => {};
  #cancelShut: () => void = () => {};
  #cancelSave: (() => void) | null = null;
  #waiting: (() => void)[] = [];
  #isClosed = false;

  constructor(options: DefinitionsOptions) {
    this.#options = options;
  }

  get status(): ConnectionStatus {
    return this.#status;
  }

  get snapshot(): Snapshot | null {
    return this.#snapshot;
  }

  get place(): number | null {
    return this.#isPlaceKnown ? (this.#snapshot?.seq ?? null) : null;
  }

  /** Since when what is served is not known to be current; null while it is. */
  get staleSince(): number | null {
    return this.#status === 'READY' ? null : this.#heardAt;
  }

  /** Begins the grace period, and serves what an earlier process left. */
  async begin(): Promise<void> {
    this.#startGrace();
    const saved = await this.#options.stateFile?.read();
    // The stream may have been faster.
    if (saved === null || saved === undefined || this.#snapshot !== null || this.#isClosed) return;
    try {
      for (const { id, count } of memberSetsOf(saved.snapshot.segments))
        this.#keepSet({ id, count }, saved.memberSets.get(id) ?? new Uint8Array());
      this.#options.served.become(saved.snapshot);
    } catch (error) {
      this.#options.listeners.emit('problem', error as SluiceError);
      return;
    }
    this.#snapshot = saved.snapshot;
    this.#heardAt = saved.heardAt;
    this.#hear('fromDisk');
    this.#shut();
  }

  async take(message: StreamMessage): Promise<void> {
    try {
      const next = followStream(this.#snapshot, message);
      if (next !== this.#snapshot && next !== null) await this.#become(next);
    } catch (error) {
      // Only a whole snapshot surely helps.
      this.#isPlaceKnown = false;
      throw error;
    }
    if (this.#isClosed) return;
    this.#heardAt = this.#options.clock.now();
    // Who resumes is sent what was missed, and then the emergencies; everybody else a snapshot.
    if (message.type === 'snapshot') this.#isPlaceKnown = true;
    if (message.type === 'snapshot' || message.type === 'emergencies') this.#hear('current');
    this.#tellChanged();
  }

  async #become(next: Snapshot): Promise<void> {
    const { served } = this.#options;
    const names = memberSetsOf(next.segments);
    for (const name of names)
      if (!served.memberSets.has(name.id)) this.#keepSet(name, await this.#options.loadMemberSet(name.id));
    if (this.#isClosed) return;
    const isFirst = this.#snapshot === null;
    const changed = served.become(next);
    this.#snapshot = next;
    if (!isFirst) for (const key of changed) this.#changed.add(key);
    const used = new Set(names.map(({ id }) => id));
    for (const id of [...served.memberSets.keys()]) if (!used.has(id)) this.#dropSet(id);
    this.#saveSoon();
  }

  #keepSet(name: MemberSetName, bytes: Uint8Array): void {
    this.#options.served.memberSets.set(name.id, new MemberSet(name, bytes));
    if (this.#options.stateFile !== null) this.#setBytes.set(name.id, bytes);
  }

  #dropSet(id: string): void {
    this.#options.served.memberSets.delete(id);
    this.#setBytes.delete(id);
  }

  lost(error: SluiceError): void {
    this.#hasLost = true;
    this.#error = error;
    this.#options.listeners.emit('problem', error);
    if (this.#status === 'READY') {
      this.#startGrace();
      this.#saveSoon();
    }
    this.#hear('lost');
    this.#shut();
    this.#settleWaiting();
  }

  refused(error: SluiceError): void {
    this.#error = error;
    this.#cancelGrace();
    this.#hear('refused');
    this.#shut();
  }

  #startGrace(): void {
    const { clock, graceMs } = this.#options;
    this.#cancelGrace();
    this.#cancelGrace = clock.schedule(clock.now() + graceMs, () => {
      this.#error ??= new SluiceError('unavailable', `no definitions came within ${graceMs} ms`);
      this.#hear('graceOver');
    });
  }

  #hear(news: ConnectionNews): void {
    const before = this.#status;
    const status = statusAfter(before, news);
    if (status === 'READY') {
      this.#cancelGrace();
      this.#error = null;
    }
    if (status === before) return;
    this.#status = status;
    if (status === 'READY') this.#shut();
    this.#options.listeners.emit('status', { status, before, error: status === 'READY' ? null : this.#error });
    this.#settleWaiting();
  }

  #tellChanged(): void {
    if (this.#status !== 'READY' || this.#changed.size === 0) return;
    const flags = [...this.#changed].sort();
    this.#changed = new Set();
    this.#options.listeners.emit('change', { flags });
  }

  /** Serves as off what is too old, until it is current again; that it is, is told with what else changed, once the status was. */
  #shut(): void {
    const { failSafe, clock, served, listeners } = this.#options;
    this.#cancelShut();
    if (failSafe.size === 0) return;
    const { shut, nextAt } = shutFlags(failSafe, this.staleSince, clock.now());
    const changed = served.shutOnly(shut);
    if (this.#status === 'READY') for (const key of changed) this.#changed.add(key);
    else if (changed.size > 0) listeners.emit('change', { flags: [...changed].sort() });
    if (nextAt !== null) this.#cancelShut = clock.schedule(nextAt, () => this.#shut());
  }

  /** Resolves once it is known how the connection begins: with current definitions, with those from disk and no server, or with an error. */
  settled(): Promise<ConnectionStatus> {
    const { clock, graceMs } = this.#options;
    return new Promise((resolve) => {
      // Between two attempts nothing else might keep a process alive that waits for this.
      const letGo = clock.schedule(clock.now() + graceMs, () => {}, { keepAlive: true });
      this.#waiting.push(() => {
        letGo();
        resolve(this.#status);
      });
      this.#settleWaiting();
    });
  }

  #settleWaiting(): void {
    const isSettled = this.#isClosed || (this.#status === 'STALE' ? this.#hasLost : this.#status !== 'NOT_READY');
    if (!isSettled) return;
    for (const tell of this.#waiting.splice(0)) tell();
  }

  #saveSoon(): void {
    const { clock, stateFile } = this.#options;
    if (stateFile === null) return;
    this.#cancelSave ??= clock.schedule(clock.now() + SAVE_AFTER_MS, () => void this.#save());
  }

  async #save(): Promise<void> {
    this.#cancelSave?.();
    this.#cancelSave = null;
    if (this.#snapshot === null || this.#heardAt === null) return;
    await this.#options.stateFile?.save({ snapshot: this.#snapshot, heardAt: this.#heardAt, memberSets: this.#setBytes });
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancelGrace();
    this.#cancelShut();
    await this.#save();
    this.#hear('closed');
    this.#settleWaiting();
  }
}
