/** A flag as this process serves it. It is made ready when it is first asked: of a large file, most flags never are. */
import type { CompiledFlag, Flag, FlagHolder, FlagMeter, MeteredFlag, Unit } from '@sluice/core';

export interface ExposureWatch {
  /** Where exposures are kept: the test, or the stage of a rollout. */
  readonly subject: string;
  exposed(flag: CompiledFlag, outcome: number, key: string | number, unit: Unit | undefined): void;
}

/** Makes a flag ready to be asked. Never throws: it is called by evaluations. */
export type Compile = (flag: Flag, isOverridden: boolean) => CompiledFlag;

/** A flag with what counts its answers. */
export class LiveFlag implements MeteredFlag {
  #flag: Flag;
  #isOverridden: boolean;
  #compiled: CompiledFlag | null = null;
  readonly #compile: Compile;
  /** Null until an answer is counted, because most flags of a large file are never asked. */
  meter: FlagMeter | null = null;
  /** Whether it answered since its meter was last drained. */
  isDirty = false;
  /** The running experiment or rollout stage that wants to know which units are served; null when nobody does. */
  watch: ExposureWatch | null = null;

  /** With `isOverridden`, one process alone serves it so. */
  constructor(flag: Flag, isOverridden: boolean, compile: Compile) {
    this.#flag = flag;
    this.#isOverridden = isOverridden;
    this.#compile = compile;
  }

  /** As it is served, which may be other than it is kept. */
  get flag(): Flag {
    return this.#flag;
  }

  get compiled(): CompiledFlag {
    return this.#compiled ?? this.#ready();
  }

  #ready(): CompiledFlag {
    this.#compiled = this.#compile(this.#flag, this.#isOverridden);
    return this.#compiled;
  }

  /** Serves `flag` from now on. What was counted by then has been drained. */
  serve(flag: Flag, isOverridden: boolean): void {
    this.#flag = flag;
    this.#isOverridden = isOverridden;
    this.#compiled = null;
    this.meter?.follow(this.compiled);
  }
}

/** Where other flags find one that they need, whether it is there or not. */
export class LiveFlagHolder implements FlagHolder {
  live: LiveFlag | null;

  constructor(live: LiveFlag | null) {
    this.live = live;
  }

  get compiled(): CompiledFlag | null {
    return this.live?.compiled ?? null;
  }
}
