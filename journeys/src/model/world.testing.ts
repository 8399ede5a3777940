/** One history: processes that come and go over one ground, and the laws that watch all that they do. */
import { readFileSync, writeFileSync } from 'node:fs';
import { currentStage, DEFAULT_SCOPE, isEnded, jsonEqual } from '@sluice/core';
import { createSluice, type ManualClock, manualClock, type Sluice, type Store, type Unit } from 'sluice';
import { AnswerLaws } from './answer-laws.testing.ts';
import { CommitLaws, demand, idOf } from './commit-laws.testing.ts';
import { type Behaviour, Evidence } from './evidence.testing.ts';
import type { Ground } from './ground.testing.ts';
import { WatchedTime } from './watched-time.testing.ts';

export const FLAGS = ['a', 'b'] as const;
export const COMPONENT = 'c';
export const VERSIONS = ['1.0.0', '2.0.0', '3.0.0'] as const;
export const BY = { actor: 'ann', reason: 'the history' };
export const SECOND = 1_000;
const START = 1_700_000_000_000;
/** Of the answers that a validator takes its time for: one comes before its deadline, one after. */
const SLOW_MS = 2_000;
export const VALIDATOR_DEADLINE_MS = 4_000;
const LATE_MS = 6_000;
/** A lease, and the farthest that a clock is set back. */
const LEASES_END_MS = 60_000;

export class World {
  readonly evidence = new Evidence();
  readonly watched: WatchedTime;
  readonly laws: CommitLaws;
  readonly answers: AnswerLaws;
  readonly ground: Ground;
  readonly problems: string[] = [];
  /** Tests that were created so far. */
  tests = 0;
  #clock: ManualClock = manualClock(START);
  #store: Store;
  #sluice: Sluice;
  #broken: unknown = null;
  #logged = 0;
  #fallenAsleep = 0;
  /** Time that passed since a crash or a clock that was set back: until its end, a lease of the dead may stand in the way. */
  #steadyMs = 0;

  constructor(ground: Ground) {
    this.ground = ground;
    const now = (): number => this.#clock.now();
    this.watched = new WatchedTime(now);
    this.laws = new CommitLaws(this.watched, this.evidence, now);
    this.answers = new AnswerLaws(this.laws);
    [this.#store, this.#sluice] = this.#begin(true);
  }

  get sluice(): Sluice {
    return this.#sluice;
  }

  get clock(): ManualClock {
    return this.#clock;
  }

  /** Each life has a clock of its own: the timers of one that is dead must not run on. */
  #begin(registers: boolean): [Store, Sluice] {
    this.#clock = manualClock(this.#clock.now());
    const store = this.ground.open(this.#clock);
    const sluice = createSluice({ store, clock: this.#clock });
    store.follow((committed) => {
      try {
        this.laws.take(committed);
      } catch (error) {
        this.#broken ??= error;
      }
    });
    sluice.on('problem', ({ message }) => this.problems.push(message));
    sluice.rollouts.addMetricSource('probe', { measure: () => this.#measure() });
    if (registers) this.register(sluice);
    return [store, sluice];
  }

  register(sluice: Sluice = this.#sluice): void {
    for (const key of this.keys()) sluice.rollouts.registerValidator(key, (percentage) => this.#validate(key, percentage));
  }

  /** Of all flags that there are. */
  keys(): string[] {
    return [...FLAGS, COMPONENT, ...Array.from({ length: this.tests }, (_, index) => `t${index}`)];
  }

  #validate(key: string, percentage: number): boolean | Promise<boolean> {
    const behaviour: Behaviour = this.evidence.behaviours.get(key) ?? 'true';
    const { said } = this.evidence.of(this.laws.get('rollout', key));
    const answer = (value: boolean): boolean => {
      said[value ? 'true' : 'false'] = true;
      return value;
    };
    const after = (ms: number, then: () => boolean): Promise<boolean> =>
      new Promise((resolve) => this.#clock.schedule(this.#clock.now() + ms, () => resolve(then())));
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

  #measure() {
    const at = this.#clock.now();
    if (this.evidence.reading === 'broken') throw new Error('no answer');
    if (this.evidence.reading === 'none') return { kind: 'noData', at: null } as const;
    return { kind: 'value', value: this.evidence.reading === 'good' ? 0 : 1, samples: 100, at } as const;
  }

  /** Units are served, and known to have been. */
  ask(units: readonly Unit[]): void {
    for (const key of this.keys()) {
      const rollout = this.laws.get('rollout', key);
      const off = this.laws.get('flag', key)?.offVariant;
      const { served } = this.evidence.of(rollout);
      for (const unit of units) {
        const variant = this.#sluice.flags.getVariant(key, unit);
        if (rollout !== undefined && variant !== null && variant !== off) served.add(String(unit.userId));
      }
    }
  }

  async advance(ms: number): Promise<void> {
    const suspects = this.#steadyMs < LEASES_END_MS ? [] : this.#harmed();
    await this.#clock.advance(ms);
    this.#steadyMs += ms;
    // What a commit lost against is not repeated at once; five seconds are enough for every reason there is.
    if (ms < 5 * SECOND) return;
    for (const place of this.#harmed()) demand(!suspects.includes(place), `harm was lost: ${place} goes on`);
  }

  /** Rollouts whose validator has said false of the stage that they are in, or whose criteria fail. */
  #harmed(): string[] {
    const active = this.laws.all('rollout').filter(({ phase }) => !isEnded(phase));
    return active.flatMap((rollout) => {
      const { said, place } = this.evidence.of(rollout);
      const stage = rollout.plan.stages[currentStage(rollout.phase) ?? -1];
      const isBad = this.evidence.reading === 'bad' && stage !== undefined && stage.criteria.length > 0;
      return said.false || isBad ? [`${rollout.key}/${place}`] : [];
    });
  }

  jump(ms: number): void {
    if (ms < 0) this.#steadyMs = 0;
    this.#clock.jump(ms);
    this.watched.jumped(ms);
  }

  /** The process ends well, and another comes up after `asleepMs`. */
  async restart(registers: boolean, asleepMs: number): Promise<void> {
    this.#fallenAsleep = this.#clock.now();
    await this.#sluice.close();
    await this.#wake(registers, asleepMs);
  }

  /** The process is gone between two instants, its leases still held. */
  async crash(registers: boolean, asleepMs: number): Promise<void> {
    this.#fallenAsleep = this.#clock.now();
    await this.#store.close();
    this.#steadyMs = 0;
    await this.#wake(registers, asleepMs);
  }

  async #wake(registers: boolean, asleepMs: number): Promise<void> {
    this.#clock.jump(asleepMs);
    // Closing may have waited for the clock.
    this.watched.slept(this.#clock.now() - this.#fallenAsleep);
    this.evidence.forgetHarm();
    [this.#store, this.#sluice] = this.#begin(registers);
    await this.#sluice.ready;
    this.checkState();
  }

  /** A hand edits the flag file, and the process is told to look. */
  async editFile(edit: (flags: Record<string, unknown>[]) => void): Promise<void> {
    const { file } = this.ground;
    if (file === null) return;
    const parsed = JSON.parse(readFileSync(file, 'utf8')) as { flags: Record<string, unknown>[] };
    edit(parsed.flags);
    writeFileSync(file, JSON.stringify(parsed));
    await this.#sluice.flags.reload();
  }

  /** What the store has is what its commits said. */
  checkState(): void {
    if (this.#broken !== null) throw this.#broken;
    const state = this.#store.read();
    if (state instanceof Promise) return;
    const { records, seq } = state;
    demand(seq === this.laws.events.length, `the store is at ${seq}, its followers at ${this.laws.events.length}`);
    demand(
      records.length === this.laws.kept.size,
      `the store has ${records.length} records, and ${this.laws.kept.size} were told of`,
    );
    for (const record of records)
      demand(jsonEqual(record, this.laws.kept.get(idOf(record)) ?? null), `${idOf(record)} is not what was committed`);
  }

  async #checkLog(): Promise<void> {
    for (;;) {
      const page = await this.#store.log({ scope: DEFAULT_SCOPE, after: this.#logged, limit: 1_000 });
      for (const event of page) {
        demand(event.seq === this.#logged + 1, `the log has ${event.seq} after ${this.#logged}`);
        demand(jsonEqual(event, this.laws.events[this.#logged] ?? null), `event ${event.seq} of the log is not the one told of`);
        this.#logged += 1;
      }
      if (page.length < 1_000) return;
    }
  }

  /** All laws, after a command. */
  async check(): Promise<void> {
    demand(this.problems.length === 0, this.problems.join('; '));
    this.checkState();
    await this.#checkLog();
    demand(
      this.#logged === this.laws.events.length,
      `the log ends at ${this.#logged}, its followers at ${this.laws.events.length}`,
    );
    this.answers.check(this.#sluice);
  }

  /** A process that knows nothing but the store answers as this one does. */
  async checkFresh(): Promise<void> {
    const store = this.ground.open(this.#clock);
    const fresh = createSluice({ store, clock: manualClock(this.#clock.now()) });
    demand(jsonEqual(this.answers.of(fresh), this.answers.of(this.#sluice)), 'a fresh process answers otherwise');
    await store.close();
  }

  async end(): Promise<void> {
    await this.#sluice.close();
    if (this.#broken !== null) throw this.#broken;
    this.ground.clear();
  }
}
