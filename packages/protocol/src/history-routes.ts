/** What happened, what there is, and everything out and in again. */
import { EVENT_TYPES, type ImportEntry, type JsonObject, ON_EXISTING, type PublicEvent, type SluiceDocument } from '@sluice/core';
import { z } from 'zod';
import { pageOf, pageQuery } from './page.ts';
import { defineRoute } from './route.ts';
import { name, neededReason, objectOf } from './schema-parts.ts';

const E = '/api/v1/projects/:project/environments/:environment';
/** Kinds of records that live in an environment. */
export const HISTORY_KINDS = ['flag', 'segment', 'schedule', 'rollout', 'experiment', 'layer', 'component'] as const;

const event = z
  .object({
    seq: z.int().min(1).describe('Place in the log'),
    type: z.enum(EVENT_TYPES),
    kind: z.string(),
    key: z.string(),
    at: z.number().describe('Milliseconds since 1970'),
    actor: z.string(),
    reason: z.string(),
    record: objectOf<PublicEvent['record']>('The record as it then was'),
    detail: objectOf<JsonObject>('Evidence and figures'),
  })
  .meta({ id: 'Event' });

const found = z
  .object({
    kind: z.enum(['flag', 'segment', 'rollout', 'experiment']),
    key: z.string(),
    description: z.string(),
    tags: z.array(z.string()),
    state: z.string().describe('Status or phase'),
  })
  .meta({ id: 'Found' });

const PROJECT_KINDS = [...HISTORY_KINDS, 'project', 'token', 'webhook'] as const;

export const HISTORY_ROUTES = {
  'history.ofProject': defineRoute({
    method: 'GET',
    path: '/api/v1/projects/:project/history',
    permission: 'history.read',
    summary: 'What happened in the project and all of its environments, the newest first',
    query: { ...pageQuery, kind: z.enum(PROJECT_KINDS).optional(), key: name.optional(), type: z.enum(EVENT_TYPES).optional() },
    answers: { 200: pageOf(z.object({ ...event.shape, scope: z.object({ project: z.string(), environment: z.string() }) })) },
  }),
  'history.list': defineRoute({
    method: 'GET',
    path: `${E}/history`,
    permission: 'history.read',
    summary: 'The log of this environment, the newest first',
    query: {
      ...pageQuery,
      kind: z.enum(HISTORY_KINDS).optional(),
      key: name.optional(),
      type: z.enum(EVENT_TYPES).optional(),
      order: z.enum(['newestFirst', 'oldestFirst']).default('newestFirst'),
    },
    answers: { 200: pageOf(event) },
  }),
  'changes.follow': defineRoute({
    method: 'GET',
    path: `${E}/changes`,
    permission: 'history.read',
    medium: 'events',
    summary: 'Which records of the environment and its project change, as they change: whoever shows them asks for them again',
    answers: { 200: z.string().describe('Server-sent events: changes, resync') },
  }),
  'search.find': defineRoute({
    method: 'GET',
    path: `${E}/search`,
    permission: 'flags.read',
    summary: 'Flags, segments, rollouts and tests whose name, description, owner or tags contain a text',
    query: { q: z.string().min(1).max(256), ...pageQuery },
    answers: { 200: pageOf(found) },
  }),
  'transfer.export': defineRoute({
    method: 'GET',
    path: `${E}/export`,
    permission: 'transfer.export',
    summary: 'Everything of the environment as one document',
    answers: { 200: objectOf<SluiceDocument>('The document that `import` takes') },
  }),
  'transfer.import': defineRoute({
    method: 'POST',
    path: `${E}/import`,
    permission: 'transfer.import',
    summary: 'Takes a document in, whole or not at all, and starts nothing',
    body: {
      document: objectOf<SluiceDocument>('What `export` gave'),
      reason: neededReason,
      onExisting: z.enum(ON_EXISTING).optional(),
      force: z.boolean().optional(),
      dryRun: z.boolean().optional(),
    },
    answers: {
      200: z.object({ entries: z.array(objectOf<ImportEntry>('What becomes of one record')), changed: z.boolean() }),
    },
  }),
} as const;
