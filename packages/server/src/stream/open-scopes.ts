/** The scopes that somebody asked for, each read once and followed from then on. */
import { jsonEqual, type Scope, type StandingEmergency } from '@sluice/core';
import type { DefinitionSource, DefinitionState } from './definition-source.ts';
import { ScopeStream, type ScopeStreamDeps } from './scope-stream.ts';
import type { StreamClient } from './stream-client.ts';

interface OpenScope {
  readonly opening: Promise<ScopeStream>;
  /** Null while it is being read. */
  stream: ScopeStream | null;
  /** Commits that came while it was being read; some of them may be in what is read. */
  missed: DefinitionState[];
  usedAt: number;
}

export class OpenScopes {
  readonly #source: Pick<DefinitionSource, 'read' | 'follow'>;
  readonly #deps: ScopeStreamDeps;
  readonly #scopes = new Map<string, OpenScope>();
  readonly #emergencies = new Map<string, readonly StandingEmergency[]>();
  readonly #unfollow: () => void;
  #seen = 0;

  constructor(source: Pick<DefinitionSource, 'read' | 'follow'>, deps: ScopeStreamDeps) {
    this.#source = source;
    this.#deps = deps;
    this.#unfollow = source.follow((committed) => this.#apply(committed));
  }

  /** The end of the log as it is known here. */
  get seen(): number {
    return this.#seen;
  }

  async open(scope: Scope, now: number): Promise<ScopeStream> {
    const key = keyOf(scope);
    const known = this.#scopes.get(key);
    if (known !== undefined) {
      known.usedAt = now;
      return known.opening;
    }
    const opening = this.#read(scope, key);
    this.#scopes.set(key, { opening, stream: null, missed: [], usedAt: now });
    try {
      return await opening;
    } catch (error) {
      this.#scopes.delete(key);
      throw error;
    }
  }

  async #read(scope: Scope, key: string): Promise<ScopeStream> {
    const state = await this.#source.read(scope);
    this.#seen = Math.max(this.#seen, state.seq);
    const stream = new ScopeStream(scope, state, this.#emergencies.get(key) ?? [], this.#deps);
    const open = this.#scopes.get(key);
    if (open === undefined) return stream;
    for (const committed of open.missed) stream.apply(committed);
    open.missed = [];
    open.stream = stream;
    return stream;
  }

  #apply(committed: DefinitionState): void {
    this.#seen = Math.max(this.#seen, committed.seq);
    for (const open of this.#scopes.values()) {
      if (open.stream === null) open.missed.push(committed);
      else open.stream.apply(committed);
    }
  }

  impose(scope: Scope, emergencies: readonly StandingEmergency[]): void {
    const key = keyOf(scope);
    const standing = emergencies.map(({ id, key: flag, act }) => ({ id, key: flag, act }));
    if (jsonEqual(standing, this.#emergencies.get(key) ?? [])) return;
    if (standing.length === 0) this.#emergencies.delete(key);
    else this.#emergencies.set(key, standing);
    this.#scopes.get(key)?.stream?.impose(standing);
  }

  streams(): ScopeStream[] {
    return [...this.#scopes.values()].flatMap(({ stream }) => stream ?? []);
  }

  clients(): StreamClient[] {
    return this.streams().flatMap(({ clients }) => clients);
  }

  forgetIdle(now: number): void {
    for (const [key, { stream, usedAt }] of this.#scopes) {
      const isIdle = stream !== null && stream.clients.length === 0 && now - usedAt >= this.#deps.limits.idleScopeMs;
      if (isIdle) this.#scopes.delete(key);
    }
  }

  close(): void {
    this.#unfollow();
    this.#scopes.clear();
  }
}

function keyOf({ project, environment }: Scope): string {
  return JSON.stringify([project, environment]);
}
