/** One history: processes that come and go over one ground, and the laws that watch all that they do. */
import { readFileSync, writeFileSync } from 'node:fs';
import { currentStage, isEnded, jsonEqual } from '@sluice/core';
import { createSluice, type ManualClock, manualClock, type Sluice, type Store, type Unit } from 'sluice';
import { AnswerLaws } from './answer-laws.testing.ts';
import { CommitLaws, demand } from './commit-laws.testing.ts';
import { Evidence } from './evidence.testing.ts';
import { CUT, type Ground } from './ground.testing.ts';
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
  #clock: ManualClock = manualClock(START);
  #store: Store;
  #sluice: Sluice;
  #broken: unknown = null;
  #fallenAsleep = 0;
  #checks = 0;
  /** Time that passed since a crash, a cut or a clock that was set back: for a while a lease of the dead may stand in the way. */
  #steadyMs = 0;

  constructor(ground: Ground) {
    this.ground = ground;
    const now = (): number => this.#clock.now();
    this.watched = new WatchedTime(now);
    this.laws = new CommitLaws(this.watched, this.evidence, now);
    this.answers = new AnswerLaws(this.laws);
    this.#storeLaws = new StoreLaws(this.laws);
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
    const sluice = createSluice({ store, clock: this.#clock, breakGlass: { file: this.ground.breakGlassFile } });
    store.follow((committed) => {
      try {
        this.laws.take(committed);
      } catch (error) {
        this.#broken ??= error;
      }
    });
    sluice.on('problem', ({ message }) => message.includes(CUT) || this.#problems.push(message));
    sluice.rollouts.addMetricSource('probe', { measure: () => this.evidence.measure(this.#clock.now()) });
    if (registers) this.register(sluice);
    return [store, sluice];
  }

  register(sluice: Sluice = this.#sluice): void {
    for (const key of this.keys())
      sluice.rollouts.registerValidator(key, (percentage) =>
        this.evidence.validate(this.laws.get('rollout', key), key, percentage, this.#clock),
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
        const variant = this.#sluice.flags.getVariant(key, unit);
        if (rollout !== undefined && variant !== null && variant !== off) served.add(String(unit.userId));
      }
    }
  }

  /** A person does what the rollout of this flag waits for, if it waits for a person. */
  async help(key: string): Promise<void> {
    const { rollouts } = this.#sluice;
    const phase = this.laws.get('rollout', key)?.phase;
    if (phase?.name === 'held') await rollouts.resumeRollout(key, BY);
    if (phase?.name === 'awaitingApproval') await rollouts.approveStage(key, BY);
    if (phase?.name === 'pending' && phase.approvalSince !== null) await rollouts.approveStart(key, BY);
  }

  async advance(ms: number): Promise<void> {
    const suspects = this.#steadyMs < LEASES_END_MS ? [] : this.#harmed();
    await this.#clock.advance(ms);
    this.#steadyMs = this.ground.line.isCut ? 0 : this.#steadyMs + ms;
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
    if (this.ground.line.isCut) this.#steadyMs = 0;
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
    this.#checkBroken();
    this.#storeLaws.checkState(this.#store);
  }

  /** A hand edits the flag file, and the process is told to look. */
  async editFile(edit: (flags: Record<string, unknown>[]) => void): Promise<void> {
    const { file } = this.ground;
    if (file === null || this.ground.line.isCut) return;
    const parsed = JSON.parse(readFileSync(file, 'utf8')) as { flags: Record<string, unknown>[] };
    edit(parsed.flags);
    writeFileSync(file, JSON.stringify(parsed));
    await this.#sluice.flags.reload();
  }

  /** Nobody gets an answer from the store, until the line is whole again. */
  cut(isCut: boolean): void {
    this.ground.line.isCut = isCut;
    this.#steadyMs = 0;
  }

  /** All laws, after a command. */
  async check(): Promise<void> {
    this.#checkBroken();
    this.#storeLaws.checkState(this.#store);
    const { isCut } = this.ground.line;
    if (!isCut) await this.#storeLaws.checkLog(this.#store);
    this.answers.check(this.#sluice);
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
    const store = this.ground.open(this.#clock);
    const fresh = createSluice({
      store,
      clock: manualClock(this.#clock.now()),
      breakGlass: { file: this.ground.breakGlassFile },
    });
    demand(jsonEqual(this.answers.of(fresh), this.answers.of(this.#sluice)), 'a fresh process answers otherwise');
    await store.close();
  }

  async end(): Promise<void> {
    await this.#sluice.close();
    this.#checkBroken();
  }
}
