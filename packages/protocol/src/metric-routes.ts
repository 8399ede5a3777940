/** Metrics and exposures in: batches of what processes counted, and single values. */
import { z } from 'zod';
import { batchSender, factsBatch, observation, refusedObservation, sentAt } from './facts.ts';
import { defineRoute } from './route.ts';
import { count } from './schema-parts.ts';

const E = '/api/v1/projects/:project/environments/:environment';

export const METRIC_ROUTES = {
  'metrics.addFacts': defineRoute({
    method: 'POST',
    path: `${E}/metrics/facts`,
    permission: 'facts.write',
    summary: 'Takes a batch of tallies and per-unit deltas; one that is sent again counts once',
    body: factsBatch,
    answers: { 204: null },
  }),
  'metrics.observe': defineRoute({
    method: 'POST',
    path: `${E}/metrics/observations`,
    permission: 'metrics.write',
    summary: 'Takes single values; answers how many of them counted, and why the others did not',
    body: { observations: z.array(observation).min(1).max(10_000), sentAt, sender: batchSender },
    answers: { 200: z.object({ taken: count, refused: z.array(refusedObservation) }) },
  }),
} as const;
