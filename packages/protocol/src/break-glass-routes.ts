/** The kill switch for the worst day: by a token of the machine, whether or not the store can be written. */
import { z } from 'zod';
import { rollbackResult } from './rollback-routes.ts';
import { defineRoute } from './route.ts';
import { instant, name, neededReason } from './schema-parts.ts';

const pendingEmergency = z
  .object({
    project: z.string(),
    environment: z.string(),
    id: z.string(),
    flag: z.string(),
    act: z.enum(['kill', 'rollback', 'toVersion', 'exclude']),
    userIds: z.array(z.string()).readonly(),
    toVersion: z.string().nullable(),
    at: instant.describe('When it was asked for'),
    actor: z.string(),
    reason: z.string(),
    isJournalled: z.boolean().describe('False: it ends with the process that answers'),
  })
  .meta({ id: 'PendingEmergency' });

const peerAnswer = z
  .object({
    peer: z.string().describe('Its address'),
    keptIn: z.enum(['store', 'journal', 'memory']).nullable().describe('Null: it is not known to be in effect there'),
    problem: z.string().nullable().describe('Why it is not known to be in effect there'),
  })
  .meta({ id: 'PeerAnswer' });

export const BREAK_GLASS_ROUTES = {
  'breakGlass.kill': defineRoute({
    method: 'POST',
    path: '/api/v1/break-glass/kill',
    permission: 'breakGlass.perform',
    summary: 'Off for everybody, for the named users, or back to a version: at once, also while the store is away',
    body: {
      project: name,
      environment: name,
      flag: name,
      reason: neededReason,
      actor: name.optional().describe('Who asks: needed with the break-glass token, which names nobody'),
      userIds: z
        .array(z.union([z.string(), z.int()]))
        .min(1)
        .max(100_000)
        .optional(),
      toVersion: z.string().max(256).optional(),
    },
    answers: {
      200: rollbackResult.extend({
        keptIn: z
          .enum(['store', 'journal', 'memory'])
          .describe('Where it stands: until the store has it, a process that ends loses what is in its memory alone'),
        peers: z
          .array(peerAnswer)
          .describe(
            'What became of it at each other replica that is configured; empty where the store has it, which tells them all',
          ),
      }),
    },
  }),
  'breakGlass.pending': defineRoute({
    method: 'GET',
    path: '/api/v1/break-glass',
    permission: 'breakGlass.perform',
    summary: 'Whether the store takes writes, and what this process serves that the store does not have',
    answers: {
      200: z.object({
        storeTakesWrites: z.boolean().describe('Found out by writing; false also when it does not answer within 3 s'),
        servedAsOf: instant.nullable().describe('Null while the store answers; else when it last did'),
        pending: z.array(pendingEmergency),
      }),
    },
  }),
} as const;
