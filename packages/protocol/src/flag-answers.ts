/** Flags as they are answered. */
import {
  type Condition,
  ERROR_CODES,
  type ExplainedStep,
  FLAG_STATUSES,
  type FlagSettings,
  type JsonValue,
  type Prerequisite,
  type Reason,
  type ShareOwner,
  STALE_SIGNS,
} from '@sluice/core';
import { z } from 'zod';
import { count, instant, jsonValue, objectOf, percentage, revision } from './schema-parts.ts';

export const flagDetails = z
  .object({
    name: z.string(),
    status: z.enum(FLAG_STATUSES),
    rolloutPercentage: percentage,
    servedPercentage: percentage,
    description: z.string(),
    isComponent: z.boolean(),
    variants: objectOf<Readonly<Record<string, JsonValue>>>('Values by variant'),
    offVariant: z.string(),
    onVariant: z.string(),
    split: z.record(z.string(), percentage),
    enabledUsers: z.array(z.string()),
    enabledGroups: z.array(z.string()),
    disabledUsers: z.array(z.string()),
    disabledGroups: z.array(z.string()),
    conditions: objectOf<Condition>('Conditions of units that may be in'),
    prerequisites: z.array(objectOf<Prerequisite>('A flag and the variants it must serve')),
    owner: z.string().nullable(),
    tags: z.array(z.string()),
    shareOwner: objectOf<ShareOwner>('The rollout or test that moves the share').nullable(),
    isArchived: z.boolean(),
    durable: z.boolean(),
    revision,
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Flag' });

export const flagStats = z
  .object({
    name: z.string(),
    evaluations: count,
    byVariant: z.record(z.string(), count),
    byReason: z.record(z.string(), count),
    exposedUnits: z.record(z.string(), count),
    firstEvaluatedAt: instant.nullable(),
    lastEvaluatedAt: instant.nullable(),
    lastChangedAt: instant,
    revision,
  })
  .meta({ id: 'FlagStats' });

export const explanation = z
  .object({
    key: z.string(),
    value: jsonValue,
    variant: z.string().nullable(),
    reason: z.string() as unknown as z.ZodType<Reason>,
    errorCode: z.string().nullable(),
    rule: count.nullable(),
    revision: revision.nullable(),
    bucket: count.nullable(),
    steps: z.array(objectOf<ExplainedStep>('One step of the evaluation, and whether it decided')),
  })
  .meta({ id: 'Explanation' });

const allSettings = objectOf<FlagSettings>('All settings of the flag');
const unitOutcome = z
  .object({
    variant: z.string().nullable(),
    isIn: z.boolean().describe('Whether it is served a variant other than off'),
    reason: z.string() as unknown as z.ZodType<Reason>,
    message: z.string().describe('The step that decides, as a sentence'),
  })
  .nullable();

export const editPreview = z
  .object({
    revision: revision.describe('Of the flag that it was decided on; 0 when there is none'),
    before: allSettings.nullable(),
    after: allSettings.nullable().describe('As they would be, also where only the protection of the environment refuses'),
    refusal: z
      .object({
        code: z.enum(ERROR_CODES),
        message: z.string(),
        issues: z.array(z.object({ path: z.string().describe('JSON pointer into the settings'), message: z.string() })),
      })
      .nullable()
      .describe('Why it would not be made; null when it would'),
    units: z.array(z.object({ before: unitOutcome, after: unitOutcome })).describe('In the order in which they were asked for'),
  })
  .meta({ id: 'EditPreview' });

export const staleFlag = z
  .object({
    name: z.string(),
    owner: z.string().nullable(),
    tags: z.array(z.string()),
    lastEvaluatedAt: instant.nullable(),
    signs: z.array(z.object({ sign: z.enum(STALE_SIGNS), since: instant.nullable(), message: z.string() })),
  })
  .meta({ id: 'StaleFlag' });

export const scheduledEdit = z
  .object({
    id: z.string(),
    flag: z.string(),
    at: instant,
    settings: objectOf<FlagSettings>('The settings that will be set'),
    actor: z.string(),
    reason: z.string(),
    scheduledAt: instant,
  })
  .meta({ id: 'ScheduledEdit' });

export const pendingKill = objectOf<JsonValue>('A kill or targeted rollback that the store does not have yet');
