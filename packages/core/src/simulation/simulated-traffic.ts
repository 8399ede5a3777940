/** The units of one simulated rollout, counted as a collector and a ledger would have counted them. */
import type { Criterion, Measurement } from '../analysis/criterion.ts';
import { parseMetric } from '../analysis/metric.ts';
import { hasControl } from '../rollout/absence.ts';
import type { Rollout, Stage } from '../rollout/rollout.ts';
import type { RolloutFacts } from '../rollout/step.ts';
import { WHOLE_SHARE } from '../share.ts';
import type { EventCounts } from '../statistics/event-test.ts';
import type { RolloutAssumptions } from './assumptions.ts';
import { type Draw, drawPoisson } from './poisson.ts';

/** Nothing but the error rate is simulated: every other metric is well. */
export function isSimulated({ metric }: Criterion): boolean {
  const query = parseMetric(metric);
  return 'kind' in query && query.kind === 'errorRate';
}

export class SimulatedTraffic {
  readonly #assumptions: RolloutAssumptions;
  readonly #draw: Draw;
  /** Of the stage, after each look: units served the change, and those of them that met an error. */
  #served: number[] = [0];
  #failed: number[] = [0];
  #asked = 0;
  #heardAt: number | null = null;
  #stages: EventCounts[] = [];
  /** Of the whole rollout: units served the change. */
  exposed = 0;
  /** Those of them that met an error. */
  harmed = 0;

  constructor(assumptions: RolloutAssumptions, draw: Draw) {
    this.#assumptions = assumptions;
    this.#draw = draw;
  }

  /** A stage begins. */
  open(rollout: Rollout, stage: Stage): void {
    [this.#served, this.#failed, this.#asked, this.#heardAt] = [[0], [0], 0, null];
    if (!hasControl(rollout, stage) || stage.share === null) return;
    this.#stages = [...this.#stages, { canaryEvents: 0, baselineEvents: 0, canaryShare: stage.share / WHOLE_SHARE }];
  }

  /** The units that ask in `ms` until `now`. Where groups are let in, they are the part that the stage is called, or that previews are assumed to be. */
  pass(rollout: Rollout, stage: Stage, ms: number, now: number): void {
    const { unitsPerSecond, errorRate, changeErrorRate, previewPercentage = 1 } = this.#assumptions;
    const mean = (unitsPerSecond * ms) / 1000;
    const members = (stage.percentage === 0 ? previewPercentage : stage.percentage) / 100;
    const share = stage.share === null ? members : stage.share / WHOLE_SHARE;
    const some = (part: number): number => drawPoisson(mean * part, this.#draw);
    const failed = some(share * changeErrorRate);
    const served = failed + some(share * (1 - changeErrorRate));
    const failedBeside = some((1 - share) * errorRate);
    const beside = failedBeside + some((1 - share) * (1 - errorRate));
    this.#served.push((this.#served.at(-1) ?? 0) + served);
    this.#failed.push((this.#failed.at(-1) ?? 0) + failed);
    this.#asked += served + beside;
    this.exposed += served;
    this.harmed += failed;
    if (served > 0) this.#heardAt = now;
    const last = this.#stages.at(-1);
    if (last === undefined || !hasControl(rollout, stage)) return;
    const counts = { canaryEvents: last.canaryEvents + failed, baselineEvents: last.baselineEvents + failedBeside };
    this.#stages = [...this.#stages.slice(0, -1), { ...last, ...counts }];
  }

  facts(rollout: Rollout, stage: Stage | undefined): Omit<RolloutFacts, 'flag' | 'validation'> {
    const criteria = stage?.criteria ?? [];
    const exposures = this.#served.at(-1) ?? 0;
    return {
      validator: rollout.plan.validatorName === null ? 'none' : 'registered',
      sourceProblem: null,
      exposures,
      seen: stage?.share === null ? this.#asked : 0,
      asked: this.#asked,
      served: exposures,
      measurements: criteria.map((criterion) => this.#measure(criterion, rollout.plan.tickMs)),
      controls: criteria.map(() => null),
      freezeWindows: [],
      isUnread: true,
      compared: criteria.map((criterion) =>
        isSimulated(criterion) && criterion.versusControl !== undefined ? { kind: 'events', stages: this.#stages } : null,
      ),
    };
  }

  #measure(criterion: Criterion, tickMs: number): Measurement {
    const first = Math.max(0, this.#served.length - 1 - Math.ceil(criterion.windowMs / tickMs));
    const since = (counts: readonly number[]): number => (counts.at(-1) ?? 0) - (counts[first] ?? 0);
    const samples = since(this.#served);
    if (samples === 0 || this.#heardAt === null) return { kind: 'noData', at: this.#heardAt };
    const value = isSimulated(criterion) ? since(this.#failed) / samples : (criterion.max ?? criterion.min ?? 0);
    return { kind: 'value', value, samples, at: this.#heardAt };
  }
}
