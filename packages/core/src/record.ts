/** The union of what a store keeps. */
import type { Person } from './access/person.ts';
import type { Token } from './access/token.ts';
import type { Component } from './component/component.ts';
import type { Experiment } from './experiment/experiment.ts';
import type { Layer } from './experiment/layer.ts';
import type { Flag } from './flag/flag.ts';
import type { Delivery } from './notification/delivery.ts';
import type { Webhook } from './notification/webhook.ts';
import type { Project } from './project/project.ts';
import type { Rollout } from './rollout/rollout.ts';
import type { Schedule } from './schedule/schedule.ts';
import type { Segment } from './segment/segment.ts';

/** What an environment consists of. */
export type EnvironmentRecord = Flag | Rollout | Experiment | Component | Layer | Segment | Schedule;
/** What administers an installation; it is in no export of an environment. */
export type AdministrationRecord = Project | Person | Token | Webhook | Delivery;
export type SluiceRecord = EnvironmentRecord | AdministrationRecord;
export type RecordKind = SluiceRecord['kind'];
export type RecordOf<K extends RecordKind> = Extract<SluiceRecord, { readonly kind: K }>;

/** Names a record within its scope. */
export function idOf({ kind, key }: { readonly kind: RecordKind; readonly key: string }): string {
  return `${kind}/${key}`;
}
