/** The definitions of one scope as they change, and everybody who listens. Each change is encoded once, however many do. */
import {
  applyDelta,
  deltaOf,
  EVERY,
  memberSetsOf,
  type Scope,
  type Snapshot,
  type StandingEmergency,
  snapshotFingerprint,
  snapshotOf,
} from '@sluice/core';
import {
  changesPart,
  encodePart,
  everythingPart,
  partOfMessage,
  type ResyncReason,
  refetchPart,
  type StreamMessage,
} from '@sluice/protocol';
import type { DefinitionState } from './definition-source.ts';
import { EncodedSnapshot } from './encoded-snapshot.ts';
import { FrameRing } from './frame-ring.ts';
import { MemberSetShelf } from './member-set-shelf.ts';
import type { StreamClient } from './stream-client.ts';
import type { StreamCounts } from './stream-counts.ts';
import type { StreamLimits } from './stream-limits.ts';

const HEARTBEAT = Buffer.from(encodePart(partOfMessage({ type: 'heartbeat' })));
const EVERYTHING = Buffer.from(encodePart(everythingPart()));

export class ScopeStream {
  readonly scope: Scope;
  readonly #limits: StreamLimits;
  readonly #counts: StreamCounts;
  readonly #shelf = new MemberSetShelf();
  readonly #form = this.#shelf.form.bind(this.#shelf);
  /** Server SDKs, which get definitions. */
  readonly #readers = new Set<StreamClient>();
  /** OFREP clients, which are told only that something changed. */
  readonly #watchers = new Set<StreamClient>();
  /** Pages, which are told which records changed, of every kind. */
  readonly #pages = new Set<StreamClient>();
  #snapshot: Snapshot;
  #ring: FrameRing;
  #encoded: EncodedSnapshot | null = null;
  #refetch: Buffer | null = null;
  #place: Buffer | null = null;

  constructor(scope: Scope, state: DefinitionState, emergencies: readonly StandingEmergency[], deps: ScopeStreamDeps) {
    this.scope = scope;
    this.#limits = deps.limits;
    this.#counts = deps.counts;
    this.#snapshot = { ...snapshotOf(scope, state, this.#form), emergencies };
    this.#ring = new FrameRing(this.#limits, state.seq);
  }

  /** Names what is served now; another after every change. */
  get fingerprint(): string {
    return this.#encoded?.fingerprint ?? snapshotFingerprint(this.#snapshot);
  }

  get clients(): readonly StreamClient[] {
    return [...this.#readers, ...this.#watchers, ...this.#pages];
  }

  memberSet(id: string): Buffer | undefined {
    return this.#shelf.get(id);
  }

  encoded(): EncodedSnapshot {
    this.#encoded ??= new EncodedSnapshot(this.#snapshot);
    return this.#encoded;
  }

  apply(committed: DefinitionState): void {
    this.#tellPages(committed);
    const delta = deltaOf(this.scope, committed, this.#snapshot.seq, this.#form);
    const next = delta === null ? this.#snapshot : applyDelta(this.#snapshot, delta);
    if (delta === null || next === null || next === this.#snapshot) return;
    this.#become(next);
    this.#shelf.keep(memberSetsOf(next.segments));
    const frame = frameOf({ type: 'delta', delta });
    this.#ring.add(delta.seq, frame);
    this.#tell(frame);
  }

  #tellPages({ seq, records }: DefinitionState): void {
    if (this.#pages.size === 0) return;
    const changed = records.filter(({ scope }) => concerns(this.scope, scope)).map(({ kind, key }) => ({ kind, key }));
    if (changed.length === 0) return;
    const frame = Buffer.from(encodePart(changesPart(seq, changed)));
    for (const page of this.#pages) this.#send(page, frame);
  }

  impose(emergencies: readonly StandingEmergency[]): void {
    this.#become({ ...this.#snapshot, emergencies });
    this.#tell(frameOf({ type: 'emergencies', emergencies }));
    for (const page of this.#pages) this.#send(page, EVERYTHING);
  }

  #become(snapshot: Snapshot): void {
    this.#snapshot = snapshot;
    this.#encoded = null;
    this.#refetch = null;
    this.#place = null;
  }

  #tell(frame: Buffer): void {
    for (const reader of this.#readers) this.#send(reader, frame);
    if (this.#watchers.size === 0) return;
    const refetch = this.#refetchFrame();
    for (const watcher of this.#watchers) this.#send(watcher, refetch);
  }

  #send(client: StreamClient, frame: Buffer): void {
    this.#counts.frames += 1;
    if (client.send(frame)) this.#counts.overflows += 1;
  }

  #refetchFrame(): Buffer {
    this.#refetch ??= Buffer.from(encodePart(refetchPart(this.fingerprint)));
    return this.#refetch;
  }

  /** A sign of life, by which who has the definitions can tell whether anything of them is missing. */
  beat(client: StreamClient): void {
    client.beat(this.#readers.has(client) ? this.#placeFrame() : HEARTBEAT);
  }

  #placeFrame(): Buffer {
    const { seq } = this.#snapshot;
    this.#place ??= frameOf({ type: 'place', seq, fingerprint: this.fingerprint });
    return this.#place;
  }

  /** `cursor` is the place up to which the client has everything; null when it has nothing. `seen` is the end of the log as it is known here. */
  join(client: StreamClient, hello: Buffer, cursor: number | null, seen: number): void {
    this.#readers.add(client);
    client.begin([hello, ...this.#sinceOrSnapshot(cursor, seen)], () => this.#resync('overflow'));
  }

  #sinceOrSnapshot(cursor: number | null, seen: number): readonly Buffer[] {
    if (cursor === null) return [this.encoded().frame];
    if (cursor > seen) return this.#resync('otherLog');
    const missed = this.#ring.since(cursor);
    if (missed === null) return this.#resync('tooOld');
    this.#counts.resumed += 1;
    // What stands in an emergency is no part of the log, so a place in it does not say what of it the client knows.
    return [...missed, frameOf({ type: 'emergencies', emergencies: this.#snapshot.emergencies })];
  }

  #resync(reason: ResyncReason): readonly Buffer[] {
    this.#counts.resyncs[reason] += 1;
    return [frameOf({ type: 'resync', reason }), this.encoded().frame];
  }

  /**
   * `known` is the fingerprint that the client was told of last. A new client is told of the present one too: what changed between its
   * evaluation and this call would otherwise stay unseen.
   */
  watch(client: StreamClient, hello: Buffer, known: string | null): void {
    this.#watchers.add(client);
    const isCurrent = known === this.fingerprint;
    client.begin(isCurrent ? [hello] : [hello, this.#refetchFrame()], () => [this.#refetchFrame()]);
  }

  /** Whoever comes back cannot know what it missed, so it is told that this may be anything. */
  follow(client: StreamClient, hello: Buffer): void {
    this.#pages.add(client);
    client.begin([hello, EVERYTHING], () => [EVERYTHING]);
  }

  leave(client: StreamClient): void {
    this.#readers.delete(client);
    this.#watchers.delete(client);
    this.#pages.delete(client);
  }
}

export interface ScopeStreamDeps {
  readonly limits: StreamLimits;
  readonly counts: StreamCounts;
}

/** What is of the whole project, and of the whole installation, is shown in each of its environments. */
function concerns(scope: Scope, changed: Scope): boolean {
  const isNear = changed.project === scope.project || changed.project === EVERY;
  return isNear && (changed.environment === scope.environment || changed.environment === EVERY);
}

function frameOf(message: StreamMessage): Buffer {
  return Buffer.from(encodePart(partOfMessage(message)));
}
