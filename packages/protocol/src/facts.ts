/** What processes report of what they served and measured: counters and per-unit deltas, once by `(instanceId, seq)`. */
import { LARGEST_MEASURABLE } from '@sluice/core';
import { z } from 'zod';

const MAX_NAME = 1024;
const subject = z.string().min(1).max(4096);
const name = z.string().min(1).max(MAX_NAME);
const instantMs = z.int().min(0).describe('Milliseconds since 1970');
const total = z.int().min(0);
const measured = z.number().min(-LARGEST_MEASURABLE).max(LARGEST_MEASURABLE);
/** A sum of measured values: their count is a safe integer, below 10¹⁶. */
const measuredSum = z
  .number()
  .min(-LARGEST_MEASURABLE * 1e16)
  .max(LARGEST_MEASURABLE * 1e16);
/** Register and rank of a HyperLogLog with 2^12 registers. */
const distinct = z.array(z.tuple([z.int().min(0).max(4095), z.int().min(1).max(33)])).max(4096);
const buckets = z.array(z.tuple([z.int(), total])).max(4096);

const tally = z.strictObject({
  counts: z.record(name, total),
  distinct: z.record(name, distinct),
  sketches: z.record(name, z.strictObject({ zeros: total, positive: buckets, negative: buckets })),
  firstAt: instantMs.nullable(),
  lastAt: instantMs.nullable(),
});

const metricDelta = z
  .strictObject({
    aggregation: z.enum(['mean', 'sum', 'count', 'max']),
    cap: z.number().optional(),
    covariate: z.literal(true).optional(),
    per: name.optional(),
    windowMs: z.number().positive().optional(),
    count: z.int().min(1),
    sum: measuredSum,
    min: measured,
    max: measured,
    from: instantMs,
    until: instantMs.optional(),
  })
  .refine(({ min, max }) => min <= max, { message: 'must not be above max', path: ['min'] });

const unitDelta = z.strictObject({
  subject,
  unit: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .describe('16 lower-case hexadecimal digits: the 64-bit hash of the unit'),
  arm: name,
  firstExposureAt: instantMs.nullable(),
  dimensions: z.record(name, z.string().max(MAX_NAME)).optional(),
  metrics: z.record(name, metricDelta),
});

const moments = z.strictObject({
  n: z.int().min(1),
  mean: z
    .number()
    .min(-2 * LARGEST_MEASURABLE)
    .max(2 * LARGEST_MEASURABLE)
    .describe('Less the shift'),
  m2: z
    .number()
    .min(0)
    .max(LARGEST_MEASURABLE ** 2 * 1e17),
  shift: measured,
});
const observationDelta = z.strictObject({ subject, arm: name, metrics: z.record(name, moments) });

/** Most members of each list of a batch. */
const MAX_MEMBERS = 10_000;

export const factsBatch = {
  instanceId: z.string().min(1).max(128).describe('Of the process that reports; a new one at each start'),
  seq: z.int().min(1).describe('From 1, growing by one per batch; a batch that is sent again counts once'),
  tallies: z.array(z.strictObject({ subject, tally })).max(MAX_MEMBERS).default([]),
  units: z.array(unitDelta).max(MAX_MEMBERS).default([]),
  observations: z.array(observationDelta).max(MAX_MEMBERS).default([]),
};

/** One measured value, from a caller that keeps no counters of its own. */
export const observation = z.strictObject({
  kind: z.enum(['observe', 'count']).default('observe').describe('A value, or how much a counter rose'),
  metric: name,
  value: z.number(),
  flag: name.optional(),
  variant: name.optional(),
  unit: z.string().max(MAX_NAME).optional().describe('Key of the unit that met it'),
  test: name.optional().describe('The test that the value belongs to; then `variant` is its arm'),
  at: instantMs
    .optional()
    .describe(
      'When it was met, by the clock of the sender; when it is sent unless given. With `test`, only in a batch with a sender',
    ),
});

/** Most dimensions of one unit. */
const MAX_DIMENSIONS = 20;

/** A unit was served a variant by whoever evaluates in another process. */
export const exposure = z.strictObject({
  flag: name,
  variant: name,
  unit: z.string().min(1).max(MAX_NAME).describe('What the flag is bucketed by: the key of a user, of a tenant'),
  at: instantMs.optional().describe('The first time, by the clock of the sender; when it is sent unless given'),
  count: z.int().min(1).max(1_000_000_000).default(1).describe('How many evaluations it stands for'),
  isDrawn: z.boolean().default(true).describe('Whether the bucket decided, and not a list, a condition or a rule'),
  dimensions: z
    .record(name, z.union([z.string().max(MAX_NAME), z.number(), z.boolean()]))
    .refine((given) => Object.keys(given).length <= MAX_DIMENSIONS, { message: `must have at most ${MAX_DIMENSIONS} members` })
    .optional()
    .describe("What the unit is like, of which a test's dimensions are kept"),
});

/** A page used this value of its context. */
export const pageExposure = z.strictObject({
  flag: name,
  variant: name,
  at: instantMs.optional().describe('The first time, by the clock of the page; when it is sent unless given'),
});

/** The user of a page did or met something. */
export const pageValue = z.strictObject({
  metric: name,
  value: z.number(),
  at: instantMs.optional().describe('When, by the clock of the page; when it is sent unless given'),
});

/** Of a batch that is kept before it is answered, and counts once however often it is sent. */
export const batchSender = z
  .strictObject({ instanceId: factsBatch.instanceId, seq: factsBatch.seq })
  .optional()
  .describe('Who sends it, and its number there: then it counts once. Needed with exposures');
export const sentAt = instantMs.optional().describe('What the clock of the sender reads, by which `at` is put right');
/** What of a batch did not count. */
export const refusedObservation = z.object({
  path: z.string().describe('JSON pointer into the body'),
  message: z.string(),
  isOver: z.literal(true).optional().describe('What it was for is over: nothing is wrong, and nothing is lost'),
});
