/** Rollouts: started, watched, and driven on or back by people. */
import type { Criterion, EvidencePoint, Phase, RolloutSettings, RolloutStatus, Verdict } from '@sluice/core';
import { z } from 'zod';
import { defineRoute } from './route.ts';
import { count, instant, objectOf, percentage, reason } from './schema-parts.ts';

const E = '/api/v1/projects/:project/environments/:environment';
export const rolloutStatus = z
  .object({
    flag: z.string(),
    number: count,
    strategy: z.string() as unknown as z.ZodType<RolloutStatus['strategy']>,
    phase: z.string() as unknown as z.ZodType<RolloutStatus['phase']>,
    state: objectOf<Phase>("The machine's own phase, with what belongs to it"),
    currentPercentage: percentage,
    stage: count.nullable(),
    stagePercentages: z.array(percentage),
    bakeMs: z.number().nullable(),
    bakeRemainingMs: z.number().nullable(),
    exposures: count,
    waitingFor: z.string().nullable(),
    verdicts: z.array(objectOf<Verdict>('What a criterion came to')),
    criteria: z.array(objectOf<Criterion>('A metric and the bound it must respect')),
    evidence: z.array(objectOf<EvidencePoint>('The evidence of every comparison at one look')),
    warnings: z.array(z.string()),
    error: z.string().nullable(),
    endedBecause: z.string().nullable(),
    startedAt: instant,
    endedAt: instant.nullable(),
  })
  .meta({ id: 'RolloutStatus' });

const sourceStatus = z
  .object({
    name: z.string().describe('`collector` is what programs report'),
    health: z
      .enum(['answers', 'fails', 'unasked', 'missing'])
      .describe('`missing`: a rollout needs it, and this process does not have it'),
    asked: z.array(z.object({ flag: z.string(), criterion: z.string(), message: z.string(), at: count })),
  })
  .meta({ id: 'SourceStatus' });

const settings = objectOf<RolloutSettings>('Strategy, stages, criteria and the other options of startRollout');
const command = { method: 'POST', answers: { 200: rolloutStatus } } as const;

export const ROLLOUT_ROUTES = {
  'rollouts.list': defineRoute({
    method: 'GET',
    path: `${E}/rollouts`,
    permission: 'flags.read',
    summary: 'The latest rollout of every flag that had one, those under way first',
    answers: { 200: z.object({ rollouts: z.array(rolloutStatus) }) },
  }),
  'rollouts.status': defineRoute({
    method: 'GET',
    path: `${E}/rollouts/:flag`,
    permission: 'flags.read',
    summary: 'How the latest rollout of this flag stands',
    answers: { 200: rolloutStatus },
  }),
  'rollouts.start': defineRoute({
    method: 'POST',
    path: `${E}/rollouts/:flag`,
    permission: 'rollouts.operate',
    summary: 'Starts a rollout of this flag',
    body: { settings, onConflict: z.enum(['refuse', 'supersede']).optional(), reason },
    answers: { 201: rolloutStatus },
  }),
  'rollouts.advise': defineRoute({
    method: 'POST',
    path: `${E}/rollouts/:flag/advise`,
    permission: 'flags.read',
    summary: 'What speaks against such a rollout; starts nothing',
    body: { settings },
    changes: false,
    answers: { 200: z.object({ advice: z.array(z.string()) }) },
  }),
  'rollouts.sources': defineRoute({
    method: 'GET',
    path: `${E}/metric-sources`,
    permission: 'flags.read',
    summary: 'How metric sources do, by what rollouts under way last heard of them; asks none of them',
    answers: { 200: z.object({ sources: z.array(sourceStatus) }) },
  }),
  'rollouts.pause': defineRoute({
    ...command,
    path: `${E}/rollouts/:flag/pause`,
    permission: 'rollouts.operate',
    summary: 'Holds the rollout where it is; harm still rolls back',
    body: { reason },
  }),
  'rollouts.resume': defineRoute({
    ...command,
    path: `${E}/rollouts/:flag/resume`,
    permission: 'rollouts.operate',
    summary: 'Ends a hold',
    body: { reason },
  }),
  'rollouts.approve': defineRoute({
    ...command,
    path: `${E}/rollouts/:flag/approve`,
    permission: 'rollouts.approve',
    summary: 'Opens the next stage of a rollout that waits for it',
    body: { reason },
  }),
  'rollouts.approveStart': defineRoute({
    ...command,
    path: `${E}/rollouts/:flag/approve-start`,
    permission: 'rollouts.approve',
    summary: 'Lets a rollout start that waits for it',
    body: { reason },
  }),
  'rollouts.reject': defineRoute({
    ...command,
    path: `${E}/rollouts/:flag/reject`,
    permission: 'rollouts.approve',
    summary: 'Refuses the approval that is waited for',
    body: { reason },
  }),
  'rollouts.promote': defineRoute({
    ...command,
    path: `${E}/rollouts/:flag/promote`,
    permission: 'rollouts.approve',
    summary: 'Opens the next stage now, or the last; recorded as without evidence',
    body: { full: z.boolean().optional(), force: z.boolean().optional(), reason },
  }),
  'rollouts.abort': defineRoute({
    ...command,
    path: `${E}/rollouts/:flag/abort`,
    permission: 'rollouts.operate',
    summary: 'Gives everybody what they had before the rollout',
    body: { reason },
  }),
} as const;
