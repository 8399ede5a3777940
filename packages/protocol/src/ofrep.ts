/** OFREP 0.3, the OpenFeature Remote Evaluation Protocol: its bodies and its two routes, and the one by which a page that asks through it reports. */
import type { JsonValue } from '@sluice/core';
import { z } from 'zod';
import { pageExposure, pageValue, refusedObservation, sentAt } from './facts.ts';
import { defineRoute } from './route.ts';
import { count, jsonValue } from './schema-parts.ts';

export const OFREP_ERRORS = ['PARSE_ERROR', 'TARGETING_KEY_MISSING', 'INVALID_CONTEXT', 'FLAG_NOT_FOUND', 'GENERAL'] as const;
export type OfrepError = (typeof OFREP_ERRORS)[number];

/** Most members of each list of a page's report. */
const MAX_PAGE_MEMBERS = 100;

const metadata = z.record(z.string(), z.union([z.boolean(), z.string(), z.number()]));

/** A value that is absent is the code's default. */
export const ofrepSuccess = z
  .object({
    key: z.string(),
    reason: z.string().describe('STATIC, TARGETING_MATCH, SPLIT, DISABLED, UNKNOWN, or DEFAULT unless the server is strict'),
    variant: z.string().optional(),
    value: jsonValue.optional() as unknown as z.ZodOptional<z.ZodType<JsonValue>>,
    metadata: metadata.optional(),
  })
  .meta({ id: 'OfrepSuccess' });

export const ofrepFailure = z
  .object({
    key: z.string(),
    errorCode: z.enum(OFREP_ERRORS),
    errorDetails: z.string().optional(),
    metadata: metadata.optional(),
  })
  .meta({ id: 'OfrepFailure' });

/** Of a whole bulk request, which has no key. */
export const ofrepBulkFailure = z
  .object({ errorCode: z.enum(OFREP_ERRORS), errorDetails: z.string().optional() })
  .meta({ id: 'OfrepBulkFailure' });

export const ofrepEventStream = z
  .object({
    type: z.literal('sse'),
    url: z.string().optional(),
    endpoint: z.object({ origin: z.string().optional(), requestUri: z.string().regex(/^\//) }).optional(),
    inactivityDelaySec: z.int().min(1).optional(),
  })
  .meta({ id: 'OfrepEventStream' });

export const ofrepBulkSuccess = z
  .object({
    flags: z.array(z.union([ofrepSuccess, ofrepFailure])),
    metadata: metadata.optional(),
    eventStreams: z.array(ofrepEventStream).optional(),
  })
  .meta({ id: 'OfrepBulk' });

export type OfrepSuccess = z.infer<typeof ofrepSuccess>;
export type OfrepFailure = z.infer<typeof ofrepFailure>;
export type OfrepBulkFailure = z.infer<typeof ofrepBulkFailure>;
export type OfrepBulkSuccess = z.infer<typeof ofrepBulkSuccess>;
export type OfrepEventStream = z.infer<typeof ofrepEventStream>;

const context = z
  .looseObject({ targetingKey: z.string().optional() })
  .describe('The unit: its key, its `groups`, and what conditions read. `sluice: { exposure: false }` makes it no exposure');

export const OFREP_ROUTES = {
  'ofrep.evaluate': defineRoute({
    method: 'POST',
    path: '/ofrep/v1/evaluate/flags/:key',
    permission: 'evaluate',
    reach: 'token',
    summary: 'One flag for one unit; counts as an evaluation and an exposure',
    body: { context },
    changes: false,
    answers: { 200: ofrepSuccess, 400: ofrepFailure, 404: ofrepFailure },
  }),
  'ofrep.evaluateAll': defineRoute({
    method: 'POST',
    path: '/ofrep/v1/evaluate/flags',
    permission: 'evaluate',
    reach: 'token',
    summary: 'All flags for one unit; counts as no exposure. With `If-None-Match`, 304 where nothing changed',
    query: { flagConfigEtag: z.string().optional(), flagConfigLastModified: z.string().optional() },
    body: { context },
    changes: false,
    answers: { 200: ofrepBulkSuccess, 304: null, 400: ofrepBulkFailure },
  }),
  'ofrep.report': defineRoute({
    method: 'POST',
    path: '/ofrep/v1/reports',
    permission: 'metrics.write',
    reach: 'token',
    summary:
      "What a page used and measured of the one unit that its context names, once by `id`. The server draws: a variant that is not the unit's is left out. No part of OFREP itself",
    query: { token: z.string().optional().describe('A client token, where no header is sent') },
    body: {
      context,
      id: z.string().min(1).max(64).describe('Of this report: sent again under the same one within a day, it counts once'),
      exposures: z.array(pageExposure).max(MAX_PAGE_MEMBERS).default([]),
      values: z.array(pageValue).max(MAX_PAGE_MEMBERS).default([]),
      sentAt,
    },
    changes: false,
    isBeacon: true,
    answers: { 200: z.object({ taken: count, refused: z.array(refusedObservation) }), 400: ofrepBulkFailure },
  }),
  'ofrep.events': defineRoute({
    method: 'GET',
    path: '/ofrep/v1/events',
    permission: 'evaluate',
    reach: 'token',
    summary: 'Tells that values may have changed: the `eventStreams` of the bulk answer lead here',
    query: { token: z.string().optional().describe('Stands in the URL that the bulk answer gives; good for nothing else') },
    medium: 'events',
    takesGrant: true,
    answers: { 200: z.string().describe('Server-sent events: refetchEvaluation') },
  }),
} as const;
