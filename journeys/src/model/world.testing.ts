/** One history: processes that come and go over one ground, and the laws that watch all that they do. */
import { currentStage, isEnded, jsonEqual } from '@sluice/core';
import type { Committed, ManualClock, Sluice, Unit } from 'sluice';
import { AnswerLaws } from './answer-laws.testing.ts';
import { CommitLaws, demand } from './commit-laws.testing.ts';
import { Evidence } from './evidence.testing.ts';
import type { Ground } from './ground.testing.ts';
import { beginLife, type Life } from './life.testing.ts';
import { StoreLaws } from './store-laws.testing.ts';
import { WatchedTime } from './watched-time.testing.ts';

export const FLAGS = ['a', 'b'] as const;
export const COMPONENT = 'c';
export const VERSIONS = ['1.0.0', '2.0.0', '3.0.0'] as const;
export const BY = { actor: 'ann', reason: 'the history' };
export const SECOND = 1_000;
const START = 1_700_000_000_000;
/** A lease, and the farthest that a clock is set back. */
const LEASES_END_MS = 60_000;

export class World {
  readonly evidence = new Evidence();
  readonly watched: WatchedTime;
  readonly laws: CommitLaws;
  readonly answers: AnswerLaws;
  readonly ground: Ground;
  readonly #problems: string[] = [];
  readonly #storeLaws: StoreLaws;
  /** Tests that were created so far. */
  tests = 0;
  #life: Life;
  /** Another process over the same store, which does as it likes; null most of the time. */
  #rival: Life | null = null;
  #broken: unknown = null;
  #fallenAsleep = 0;
  #checks = 0;
  /** Time that passed since a crash, a cut or a clock that was set back: for a while a lease of the dead may stand in the way. */
  #steadyMs = 0;

  constructor(ground: Ground) {
    this.ground = ground;
    const now = (): number => this.#life.clock.now();
    this.watched = new WatchedTime(now);
    this.laws = new CommitLaws(this.watched, this.evidence, now);
    this.answers = new AnswerLaws(this.laws);
    this.#storeLaws = new StoreLaws(this.laws);
    this.#life = this.#begin(START, true);
  }

  get sluice(): Sluice {
    return this.#life.sluice;
  }

  get clock(): ManualClock {
    return this.#life.clock;
  }

  #begin(now: number, registers: boolean): Life {
    const life = beginLife(this.ground, now, (message) => this.#problems.push(message));
    life.store.follow((committed) => this.#judge(committed));
    life.sluice.rollouts.addMetricSource('probe', { measure: () => this.evidence.measure(life.clock.now()) });
    if (registers) this.#register(life);
    return life;
  }

  #judge(committed: Committed): void {
    try {
      if (!this.laws.knows(committed)) this.laws.take(committed);
    } catch (error) {
      this.#broken ??= error;
    }
  }

  register(): void {
    this.#register(this.#life);
    if (this.#rival !== null) this.#register(this.#rival);
  }

  #register({ sluice, clock }: Life): void {
    for (const key of this.keys())
      sluice.rollouts.registerValidator(key, (percentage) =>
        this.evidence.validate(this.laws.get('rollout', key), key, percentage, clock),
      );
  }

  /** Of all flags that there are. */
  keys(): string[] {
    return [...FLAGS, COMPONENT, ...Array.from({ length: this.tests }, (_, index) => `t${index}`)];
  }

  /** Units are served, and known to have been. */
  ask(units: readonly Unit[]): void {
    for (const key of this.keys()) {
      const rollout = this.laws.get('rollout', key);
      const off = this.laws.get('flag', key)?.offVariant;
      const { served } = this.evidence.of(rollout);
      for (const unit of units) {
        const variant = this.#life.sluice.flags.getVariant(key, unit);
        if (rollout !== undefined && variant !== null && variant !== off) served.add(String(unit.userId));
      }
    }
  }

  /** A person does what the rollout of this flag waits for, if it waits for a person. */
  async help(key: string): Promise<void> {
    const { rollouts } = this.#life.sluice;
    const phase = this.laws.get('rollout', key)?.phase;
    if (phase?.name === 'held') await rollouts.resumeRollout(key, BY);
    if (phase?.name === 'awaitingApproval') await rollouts.approveStage(key, BY);
    if (phase?.name === 'pending' && phase.approvalSince !== null) await rollouts.approveStart(key, BY);
  }

  async advance(ms: number): Promise<void> {
    const suspects = this.#steadyMs < LEASES_END_MS ? [] : this.#harmed();
    await this.#pass(ms);
    this.#steadyMs = this.ground.line.isCut ? 0 : this.#steadyMs + ms;
    // What a commit lost against is not repeated at once; five seconds are enough for every reason there is.
    if (ms < 5 * SECOND) return;
    for (const place of this.#harmed()) demand(!suspects.includes(place), `harm was lost: ${place} goes on`);
  }

  /** Time passes for two processes in turns, and each sees what the other has done by then. */
  async #pass(ms: number): Promise<void> {
    const rival = this.#rival;
    if (rival === null) return this.#life.clock.advance(ms);
    for (let passed = 0; passed < ms; passed += SECOND) {
      await this.#life.clock.advance(SECOND);
      await rival.store.read();
      await rival.clock.advance(SECOND);
      await this.#life.store.read();
    }
  }

  /** What was set off happens, in no time. */
  async settle(): Promise<void> {
    await this.#life.clock.advance(0);
    await this.#rival?.store.read();
    await this.#rival?.clock.advance(0);
    await this.#life.store.read();
  }

  /** Another process comes up over the same store, or takes the place of the one that acts, or is gone without a word. */
  async rival(what: 'comes' | 'acts' | 'dies'): Promise<void> {
    // Of a kill that the store does not have yet, only one process knows.
    if (this.ground.line.isCut || this.#life.sluice.flags.listPendingKills().length > 0) return;
    if (this.#rival === null) {
      if (what !== 'comes') return;
      this.#rival = this.#begin(this.#life.clock.now(), true);
      await this.#rival.sluice.ready;
      return;
    }
    if (what === 'acts') [this.#life, this.#rival] = [this.#rival, this.#life];
    if (what === 'dies') await this.#endRival();
  }

  async #endRival(): Promise<void> {
    await this.#rival?.store.close();
    this.#rival = null;
    this.#steadyMs = 0;
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
    this.#life.clock.jump(ms);
    this.#rival?.clock.jump(ms);
    this.watched.jumped(ms);
  }

  /** The process ends well, and another comes up after `asleepMs`. */
  async restart(registers: boolean, asleepMs: number): Promise<void> {
    this.#fallenAsleep = this.#life.clock.now();
    await this.#life.sluice.close();
    if (this.ground.line.isCut) this.#steadyMs = 0;
    await this.#wake(registers, asleepMs);
  }

  /** The process is gone between two instants, its leases still held. */
  async crash(registers: boolean, asleepMs: number): Promise<void> {
    this.#fallenAsleep = this.#life.clock.now();
    await this.#life.store.close();
    this.#steadyMs = 0;
    await this.#wake(registers, asleepMs);
  }

  async #wake(registers: boolean, asleepMs: number): Promise<void> {
    const slept = this.#rival === null ? asleepMs : 0;
    // Closing may have waited for the clock.
    this.watched.slept(this.#life.clock.now() + slept - this.#fallenAsleep);
    this.evidence.forgetHarm();
    this.#life = this.#begin(this.#life.clock.now() + slept, registers);
    await this.#life.sluice.ready;
    this.#checkBroken();
    await this.#storeLaws.checkState(this.#life.store, this.ground.isPrompt);
  }

  /** Nobody gets an answer from the store, until the line is whole again. */
  cut(isCut: boolean): void {
    this.ground.line.isCut = isCut;
    this.#steadyMs = 0;
  }

  /** All laws, after a command. */
  async check(): Promise<void> {
    this.#checkBroken();
    await this.#storeLaws.checkState(this.#life.store, this.ground.isPrompt);
    const { isCut } = this.ground.line;
    if (!isCut) await this.#storeLaws.checkLog(this.#life.store);
    this.answers.check(this.#life.sluice);
    this.#checks += 1;
    // A process takes its time to come up.
    if (this.#checks % 4 === 0) await this.checkFresh();
  }

  #checkBroken(): void {
    if (this.#broken !== null) throw this.#broken;
    demand(this.#problems.length === 0, this.#problems.join('; '));
  }

  /** A process that knows nothing but the store answers as this one does. */
  async checkFresh(): Promise<void> {
    const fresh = beginLife(this.ground, this.#life.clock.now());
    await fresh.sluice.ready;
    const answers = this.answers.of(this.#life.sluice);
    demand(jsonEqual(this.answers.of(fresh.sluice), answers), 'a fresh process answers otherwise');
    await fresh.store.close();
    if (this.#rival === null || this.#life.sluice.flags.listPendingKills().length > 0) return;
    demand(jsonEqual(this.answers.of(this.#rival.sluice), answers), 'two processes answer otherwise');
  }

  async end(): Promise<void> {
    await this.#endRival();
    await this.#life.sluice.close();
    this.#checkBroken();
  }
}
