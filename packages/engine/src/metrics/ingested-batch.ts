/** Samples that came over the network: what of them is taken, at which instant each was, and what they come to. */
import { describeValue } from '../failure.ts';
import { type MetSample, stageUnitsOf, tellOf } from '../stage-units.ts';
import type { FactsBatch, TallyDelta } from '../store/store.ts';
import { UnitBuffer } from '../unit-buffer.ts';
import type { View } from '../view.ts';
import type { IngestedSeriesRoom } from './ingested-series-room.ts';
import { type IngestedSeries, SlotBuilder, slotSubject } from './ingested-slot.ts';
import { type SampleKind, sampleProblem } from './sample.ts';
import type { SlidingWindow } from './window.ts';

/** One sample of a flag's variant, as `count` and `observe` of a MetricsCollector take it. */
export interface IngestedSample {
  /** `count` adds `value`, not negative, to a counter; `observe` is one value of many. */
  readonly kind: SampleKind;
  readonly name: string;
  readonly value: number;
  readonly flag: string;
  readonly variant: string;
  /** The key of the unit (a user, a session) that met it. */
  readonly unit?: string;
  /** Milliseconds since 1970 by the sender's clock; now unless given. */
  readonly at?: number;
}

export interface RefusedSample {
  /** Its place in the batch. */
  readonly index: number;
  /** What is wrong with it, as a sentence. */
  readonly message: string;
  /** What it was for is over: nothing is wrong, and nothing is lost. */
  readonly isOver?: true;
}

export type TakenSample = MetSample & { readonly at: number };

export interface Taken {
  readonly samples: readonly TakenSample[];
  readonly tallies: readonly Required<Omit<TallyDelta, 'scope'>>[];
  readonly refused: readonly RefusedSample[];
}

export interface Taking {
  readonly view: View;
  readonly room: IngestedSeriesRoom;
  readonly window: SlidingWindow;
  /** Samples that are older have come too late. */
  readonly lateMs: number;
  readonly now: number;
  /** The sender's clock when it sent them; `now` unless given. What it is wrong by, the samples' instants are wrong by, too. */
  readonly sentAt: number;
}

interface Slot {
  readonly series: IngestedSeries;
  readonly index: number;
  readonly builder: SlotBuilder;
}

export function takeSamples(batch: readonly IngestedSample[], taking: Taking): Taken {
  const slots = new Map<string, Slot>();
  const samples: TakenSample[] = [];
  const refused: RefusedSample[] = [];
  for (const [index, sample] of batch.entries()) {
    const at = instantOf(sample, taking);
    const problem = problemOf(sample, at, taking) ?? keep(sample, at, taking, slots);
    if (problem !== null) refused.push({ index, message: problem });
    else samples.push({ kind: sample.kind, name: sample.name, value: sample.value, labels: sample, at });
  }
  const { window, lateMs } = taking;
  const tallies = [...slots].map(([subject, { builder, index }]) => {
    const keepUntil = (index + 1) * window.resolutionMs + window.windowMs + lateMs;
    return { subject, tally: builder.built(), keepUntil };
  });
  return { samples, tallies, refused };
}

/** A sample from the future would pass for a fresh one when the clock gets there. NaN when there is none to be read. */
function instantOf(sample: { readonly at?: number } | null | undefined, { now, sentAt }: Pick<Taking, 'now' | 'sentAt'>): number {
  return now - Math.max(0, sentAt - (sample?.at ?? sentAt));
}

/** Why it was not kept; null when it was. */
function keep(
  { kind, name, value, flag, variant }: IngestedSample,
  at: number,
  taking: Taking,
  slots: Map<string, Slot>,
): string | null {
  const { window, room } = taking;
  const series: IngestedSeries = { kind: kind === 'count' ? 'counter' : 'value', name, flag, variant };
  const index = window.indexOf(at);
  if (!room.take(series, index)) return `there is no room for one more metric of flag "${flag}" until others fall silent`;
  const subject = slotSubject(series, index);
  const slot = slots.get(subject) ?? { series, index, builder: new SlotBuilder(series.kind) };
  slots.set(subject, slot);
  slot.builder.add(value, at);
  return null;
}

function problemOf(sample: IngestedSample, at: number, { view, lateMs, now }: Taking): string | null {
  if (typeof sample !== 'object' || sample === null) return `a sample is an object, not ${describeValue(sample)}`;
  const { kind, name, value, flag, variant } = sample;
  if (kind !== 'count' && kind !== 'observe') return `a sample's kind is "count" or "observe", not ${describeValue(kind)}`;
  const problem = sampleProblem(kind, name, value, flag, variant);
  if (problem !== null) return problem;
  if (!Number.isFinite(at)) return `a sample's instant is in milliseconds since 1970, not ${describeValue(sample.at)}`;
  if (now - at > lateMs)
    return `it is ${Math.round((now - at) / 1000)} s old; samples older than ${lateMs / 1000} s come too late`;
  const known = view.flag(flag);
  if (known === undefined) return `there is no flag ${describeValue(flag)}`;
  if (!Object.hasOwn(known.variants, variant)) return `flag "${flag}" has no variant ${describeValue(variant)}`;
  return null;
}

/** What the samples mean for the units of the stages that are under way. */
export function unitsOf(view: View, samples: readonly TakenSample[]): Pick<FactsBatch, 'units' | 'observations'> {
  const buffer = new UnitBuffer();
  for (const sample of samples) {
    const { at } = sample;
    for (const unit of stageUnitsOf(view, sample))
      tellOf(unit, {
        expose: (subject, digits, arm) => buffer.expose({ subject, unit: digits, arm, dimensions: null, at }),
        record: (value) => buffer.record({ ...value, at }),
        observe: (subject, arm, metric, value) => buffer.observe(subject, arm, metric, value),
      });
  }
  return buffer.drain();
}
