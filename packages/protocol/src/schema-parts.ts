/** Parts of envelopes that many routes share. What a record may be is core's parse alone: here it is an object of the named type. */
import type { JsonValue } from '@sluice/core';
import { z } from 'zod';

/** An object whose rules core knows; `description` says where they are told. */
export function objectOf<T>(description: string): z.ZodType<T, T> {
  return z.looseObject({}).describe(description) as unknown as z.ZodType<T, T>;
}

export const jsonValue = z.unknown().describe('Any JSON value') as unknown as z.ZodType<JsonValue, JsonValue>;

export const instant = z.string().describe('Date and time, ISO 8601 in UTC');
/** As it is given. */
export const settableInstant = z
  .union([z.string(), z.number()])
  .describe('Date and time with its zone, such as 2027-01-31T12:00:00Z, or milliseconds since 1970');
export const percentage = z.number().describe('0 to 100, up to three decimals');
export const revision = z.int().min(0).describe('Grows by one with each change of the record');
export const count = z.int().min(0);
export const name = z.string().min(1).max(256);

/** Who changes is the caller; why is said here. */
export const reason = z
  .string()
  .optional()
  .describe(
    'Why, in at most 10000 characters (a kill or rollback cuts what is longer); kept in the history. Needed in protected environments',
  );
/** Its upper limit is core's, which cuts the reason of a kill or rollback instead of refusing it. */
export const neededReason = z.string().min(1).describe('Why, in at most 10000 characters; kept in the history');
export const force = z.boolean().optional().describe('Moves a share that a rollout or test owns, which then holds for drift');

/** Queries are texts: `true` and `false`. */
export const flagQuery = z
  .enum(['true', 'false'])
  .transform((text) => text === 'true')
  .optional();

export const unit = z
  .strictObject({
    userId: z.union([z.string(), z.int()]).optional(),
    groups: z.array(z.string()).max(1000).optional(),
    attributes: z.record(z.string(), z.unknown()).optional(),
  })
  .describe('What is asked for: a user, session, tenant or host');

export const nothing = z.object({}).describe('Nothing');
