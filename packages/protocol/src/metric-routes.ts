/** Metrics and exposures in: batches of what processes counted, and single values. */
import { z } from 'zod';
import { batchSender, exposure, factsBatch, observation, refusedObservation, sentAt } from './facts.ts';
import { defineRoute } from './route.ts';
import { count } from './schema-parts.ts';

const E = '/api/v1/projects/:project/environments/:environment';

export const METRIC_ROUTES = {
  'metrics.addFacts': defineRoute({
    method: 'POST',
    path: `${E}/metrics/facts`,
    permission: 'facts.write',
    summary:
      'Takes a batch of tallies and per-unit deltas; one that is sent again counts once. Answers what is of nothing that is there',
    body: factsBatch,
    answers: { 200: z.object({ taken: count, refused: z.array(refusedObservation) }) },
  }),
  'metrics.observe': defineRoute({
    method: 'POST',
    path: `${E}/metrics/observations`,
    permission: 'metrics.write',
    summary: 'Takes single values, and whom an SDK served what; answers how many of them counted, and why the others did not',
    body: {
      observations: z.array(observation).max(10_000).default([]),
      exposures: z.array(exposure).max(10_000).default([]),
      hasTallies: z
        .boolean()
        .default(false)
        .describe('The sender counts its evaluations in tallies, too: they are not counted from exposures again'),
      sentAt,
      sender: batchSender,
    },
    answers: { 200: z.object({ taken: count, refused: z.array(refusedObservation) }) },
  }),
} as const;
