/** Tests: created, started, read, stopped, shipped. */
import {
  type Condition,
  type RolloutSettings,
  TEST_PHASES,
  type TestChanges,
  type TestMethod,
  type TestPlanSettings,
  type TestResults,
  type TestSettings,
  type TrackedMetric,
} from '@sluice/core';
import { z } from 'zod';
import { rolloutStatus } from './rollout-routes.ts';
import { defineRoute } from './route.ts';
import { count, flagQuery, instant, neededReason, objectOf, reason } from './schema-parts.ts';
import type { Wire } from './wire.ts';

const E = '/api/v1/projects/:project/environments/:environment';
export const testDetails = z
  .object({
    testId: z.string(),
    description: z.string(),
    controlComponent: z.string(),
    treatmentComponent: z.string(),
    trafficSplit: z.number(),
    arms: z.array(z.object({ variant: z.string(), component: z.string(), weight: z.number() })),
    trafficShare: z.number(),
    eligibility: objectOf<Condition>('Units that can be in'),
    layer: z.string().nullable(),
    durationDays: z.number(),
    trackedMetrics: z.array(objectOf<TrackedMetric>('A metric with its goal, role and rules')),
    dimensions: z.array(z.string()),
    method: z.string() as unknown as z.ZodType<TestMethod>,
    plannedUnits: z.number().nullable(),
    tags: z.array(z.string()),
    phase: z.enum(TEST_PHASES),
    number: count,
    startsAt: instant.nullable(),
    startedAt: instant.nullable(),
    endsAt: instant.nullable(),
    stoppedAt: instant.nullable(),
    stopReason: z.string().nullable(),
    shippedVariant: z.string().nullable(),
    archivedAt: instant.nullable(),
  })
  .meta({ id: 'Experiment' });

const settings = objectOf<TestSettings>('Settings of createTest');
const test = { permission: 'experiments.write', answers: { 200: testDetails } } as const;

export const EXPERIMENT_ROUTES = {
  'experiments.list': defineRoute({
    method: 'GET',
    path: `${E}/experiments`,
    permission: 'flags.read',
    summary: 'All tests; those that were archived only where asked for',
    query: { phase: z.enum(TEST_PHASES).optional(), tag: z.string().optional(), archived: flagQuery },
    answers: { 200: z.object({ experiments: z.array(testDetails) }) },
  }),
  'experiments.get': defineRoute({
    method: 'GET',
    path: `${E}/experiments/:test`,
    permission: 'flags.read',
    summary: 'One test',
    answers: { 200: testDetails },
  }),
  'experiments.create': defineRoute({
    method: 'POST',
    path: `${E}/experiments`,
    permission: 'experiments.write',
    summary: 'Keeps a draft and its flag; everybody gets control until it starts',
    body: { settings, reason },
    answers: { 201: testDetails },
  }),
  'experiments.advise': defineRoute({
    method: 'POST',
    path: `${E}/experiments/advise`,
    permission: 'flags.read',
    summary: 'What speaks against such a test; keeps nothing',
    body: { settings },
    changes: false,
    answers: { 200: z.object({ advice: z.array(z.string()) }) },
  }),
  'experiments.plan': defineRoute({
    method: 'POST',
    path: `${E}/experiments/plan`,
    permission: 'flags.read',
    summary: 'How many units such a test needs, how long it takes, and what it can find; keeps nothing',
    body: { plan: objectOf<TestPlanSettings>('The primary metric, the change to be found, and the traffic') },
    changes: false,
    answers: {
      200: z.object({
        totalUnits: count,
        unitsByArm: z.array(count),
        days: count.nullable(),
        plannedDays: count.nullable(),
        detectableLift: z.number().nullable(),
        alpha: z.number(),
      }),
    },
  }),
  'experiments.start': defineRoute({
    ...test,
    method: 'POST',
    path: `${E}/experiments/:test/start`,
    summary: 'Opens the treatments to their part of the traffic',
    body: { reason },
  }),
  'experiments.stop': defineRoute({
    ...test,
    method: 'POST',
    path: `${E}/experiments/:test/stop`,
    summary: 'Everybody gets control again; the results stay',
    body: { reason },
  }),
  'experiments.results': defineRoute({
    method: 'GET',
    path: `${E}/experiments/:test/results`,
    permission: 'flags.read',
    summary: 'What is known now',
    answers: { 200: objectOf<Wire<TestResults>>('Arms, metrics, significance and warnings') },
  }),
  'experiments.update': defineRoute({
    ...test,
    method: 'PATCH',
    path: `${E}/experiments/:test`,
    summary: 'Changes settings that may change in its phase',
    body: { changes: objectOf<TestChanges>('Settings to change'), reason },
  }),
  'experiments.rebase': defineRoute({
    ...test,
    method: 'POST',
    path: `${E}/experiments/:test/rebase`,
    summary: 'Begins a running test anew under its next number',
    body: { changes: objectOf<TestChanges>('Settings to change'), reason: neededReason },
  }),
  'experiments.ship': defineRoute({
    method: 'POST',
    path: `${E}/experiments/:test/ship`,
    permission: 'experiments.write',
    summary: 'Starts a rollout of the winner, or of the named arm, of a stopped test',
    body: {
      settings: objectOf<Omit<RolloutSettings, 'toVariant' | 'toVersion'>>('Options of the rollout'),
      variant: z.string().optional(),
      reason,
    },
    answers: { 201: rolloutStatus },
  }),
  'experiments.archive': defineRoute({
    ...test,
    method: 'POST',
    path: `${E}/experiments/:test/archive`,
    summary: 'Puts a test away; its name is not used again',
    body: { reason },
  }),
} as const;
