/** A flag as people read it: percentages instead of shares, and who moves it. */
import {
  type Condition,
  type Flag,
  type FlagStatus,
  type JsonValue,
  type Prerequisite,
  prerequisitesOf,
  type ShareOwner,
  servedShare,
  shareToPercentage,
  splitWeights,
} from '@sluice/core';

export interface FlagDetails {
  readonly name: string;
  readonly status: FlagStatus;
  /** The number that is set; a disabled flag keeps it. */
  readonly rolloutPercentage: number;
  /** The part of eligible units that get a variant other than off now. */
  readonly servedPercentage: number;
  readonly description: string;
  /** Whether its variants are the versions of a component. */
  readonly isComponent: boolean;
  readonly variants: Readonly<Record<string, JsonValue>>;
  readonly offVariant: string;
  readonly onVariant: string;
  /** How units that are in divide among variants, in percent; empty when all get `onVariant`. */
  readonly split: Readonly<Record<string, number>>;
  readonly enabledUsers: readonly string[];
  readonly enabledGroups: readonly string[];
  readonly disabledUsers: readonly string[];
  readonly disabledGroups: readonly string[];
  readonly conditions: Condition;
  readonly prerequisites: readonly Prerequisite[];
  readonly owner: string | null;
  readonly tags: readonly string[];
  /** The rollout or test that moves the share, or null when it is moved by hand. */
  readonly shareOwner: ShareOwner | null;
  readonly isArchived: boolean;
  /** False while a kill or targeted rollback of this flag is in effect in this process and the store does not have it yet. */
  readonly durable: boolean;
  readonly revision: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export function describeFlag(flag: Flag, durable: boolean): FlagDetails {
  return Object.freeze({
    name: flag.key,
    status: flag.status,
    rolloutPercentage: shareToPercentage(flag.share),
    servedPercentage: shareToPercentage(servedShare(flag)),
    description: flag.description,
    isComponent: flag.isComponent,
    variants: flag.variants,
    offVariant: flag.offVariant,
    onVariant: flag.onVariant,
    split: Object.fromEntries(splitWeights(flag.split).map(({ variant, share }) => [variant, shareToPercentage(share)])),
    enabledUsers: flag.enabledUsers,
    enabledGroups: flag.enabledGroups,
    disabledUsers: flag.disabledUsers,
    disabledGroups: flag.disabledGroups,
    conditions: flag.conditions,
    prerequisites: prerequisitesOf(flag),
    owner: flag.owner,
    tags: flag.tags,
    shareOwner: flag.shareOwner,
    isArchived: flag.archivedAt !== null,
    durable,
    revision: flag.revision,
    createdAt: new Date(flag.createdAt),
    updatedAt: new Date(flag.updatedAt),
  });
}
