/** Going back: at once, step by step, for named users, to a version; and what was gone back from. */
import type { JsonObject, RollbackReport } from '@sluice/core';
import { z } from 'zod';
import { defineRoute } from './route.ts';
import { count, instant, name, neededReason, objectOf, percentage } from './schema-parts.ts';
import type { Wire } from './wire.ts';

const E = '/api/v1/projects/:project/environments/:environment';
const STRATEGIES = ['immediate', 'gradual', 'targeted', 'automatic'] as const;

export const rollbackResult = z
  .object({
    id: count.nullable(),
    flag: z.string(),
    strategy: z.enum(STRATEGIES),
    changed: z.boolean(),
    fromPercentage: percentage,
    toPercentage: percentage,
    status: z.enum(['completed', 'inProgress', 'stopped', 'awaitingStore', 'notLoaded']),
    durable: z.boolean(),
    loaded: z.boolean(),
    warnings: z.array(z.string()),
    durationMs: z.number(),
    actor: z.string(),
    reason: z.string(),
  })
  .meta({ id: 'RollbackResult' });

const rollbackRecord = z
  .object({
    id: count,
    at: instant,
    flag: z.string(),
    strategy: z.enum(STRATEGIES),
    fromPercentage: percentage.nullable(),
    toPercentage: percentage.nullable(),
    stopped: objectOf<Wire<NonNullable<RollbackReport['stopped']>>>('Where a gradual rollback was stopped on its way').nullable(),
    actor: z.string(),
    reason: z.string(),
    detail: objectOf<JsonObject>('Evidence and figures'),
  })
  .meta({ id: 'RollbackRecord' });

const start = { method: 'POST', permission: 'rollbacks.perform', answers: { 200: rollbackResult } } as const;

export const ROLLBACK_ROUTES = {
  'rollbacks.immediate': defineRoute({
    ...start,
    path: `${E}/rollbacks/immediate`,
    summary:
      'Off for everybody in one commit, or all back to a registered version. A protected environment wants a reason; nothing else refuses it',
    body: { flag: name, reason: neededReason, rollbackToVersion: z.string().max(256).optional() },
  }),
  'rollbacks.gradual': defineRoute({
    ...start,
    path: `${E}/rollbacks/gradual`,
    summary: 'Takes the share down stage by stage; answers when the first is reached',
    body: {
      flag: name,
      reason: neededReason,
      stages: z.array(z.number()).max(100).optional(),
      intervalMs: z.number().optional(),
    },
  }),
  'rollbacks.targeted': defineRoute({
    ...start,
    path: `${E}/rollbacks/targeted`,
    summary: 'Off for the named users; nobody else notices',
    body: { flag: name, reason: neededReason, userIds: z.array(z.union([z.string(), z.int()])).max(100_000) },
  }),
  'rollbacks.history': defineRoute({
    method: 'GET',
    path: `${E}/rollbacks`,
    permission: 'history.read',
    summary: 'Every rollback, kills and automatic ones included, the newest first',
    query: { flag: name.optional(), limit: z.coerce.number<string | number>().int().min(1).max(1000).optional() },
    answers: { 200: z.object({ rollbacks: z.array(rollbackRecord) }) },
  }),
  'rollbacks.report': defineRoute({
    method: 'GET',
    path: `${E}/rollbacks/:id/report`,
    permission: 'history.read',
    summary: 'The post-mortem of a rollback: its facts, and their Markdown',
    answers: { 200: objectOf<Wire<RollbackReport & { readonly markdown: string }>>('The facts and `markdown`') },
  }),
} as const;
