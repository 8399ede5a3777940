/** The union of what a store keeps. */
import type { Component } from './component/component.ts';
import type { Experiment } from './experiment/experiment.ts';
import type { Layer } from './experiment/layer.ts';
import type { Flag } from './flag/flag.ts';
import type { Rollout } from './rollout/rollout.ts';
import type { Schedule } from './schedule/schedule.ts';
import type { Segment } from './segment/segment.ts';

export type SluiceRecord = Flag | Rollout | Experiment | Component | Layer | Segment | Schedule;
export type RecordKind = SluiceRecord['kind'];
export type RecordOf<K extends RecordKind> = Extract<SluiceRecord, { readonly kind: K }>;

/** Names a record within its scope. */
export function idOf({ kind, key }: { readonly kind: RecordKind; readonly key: string }): string {
  return `${kind}/${key}`;
}
