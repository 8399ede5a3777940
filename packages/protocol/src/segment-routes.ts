/** Segments: named sets of units. */
import type { Condition, SegmentSettings, SegmentUser } from '@sluice/core';
import { z } from 'zod';
import { pageOf, pageQuery } from './page.ts';
import { defineRoute } from './route.ts';
import { count, instant, objectOf, reason, revision } from './schema-parts.ts';

const E = '/api/v1/projects/:project/environments/:environment';
const SUMMARY = {
  name: z.string(),
  description: z.string(),
  memberCount: count,
  hasCondition: z.boolean(),
  tags: z.array(z.string()),
  revision,
  createdAt: instant,
  updatedAt: instant,
};
const summary = z.object(SUMMARY).meta({ id: 'SegmentSummary' });
const details = z
  .object({
    ...SUMMARY,
    condition: objectOf<Condition>('Units that are in by condition').nullable(),
    members: z.array(z.string()),
    usedBy: z.array(objectOf<SegmentUser>('A flag, rollout, test or segment that refers to it')),
  })
  .meta({ id: 'Segment' });
const edit = { permission: 'segments.write', matchesRevision: true, answers: { 200: details } } as const;
/** At most so many at once. */
const userIds = z.array(z.string()).min(1).max(100_000);

export const SEGMENT_ROUTES = {
  'segments.list': defineRoute({
    method: 'GET',
    path: `${E}/segments`,
    permission: 'flags.read',
    summary: 'All segments in order of name, without their members',
    query: { ...pageQuery },
    answers: { 200: pageOf(summary) },
  }),
  'segments.get': defineRoute({
    method: 'GET',
    path: `${E}/segments/:key`,
    permission: 'flags.read',
    isRecord: true,
    summary: 'One segment with its members and who uses it',
    answers: { 200: details },
  }),
  'segments.set': defineRoute({
    ...edit,
    method: 'PATCH',
    path: `${E}/segments/:key`,
    summary: 'Creates the segment or merges settings into it',
    body: { settings: objectOf<SegmentSettings>('Condition, members, description and tags'), reason },
  }),
  'segments.addMembers': defineRoute({
    ...edit,
    method: 'POST',
    path: `${E}/segments/:key/members/add`,
    summary: 'Adds units by their keys',
    body: { userIds, reason },
  }),
  'segments.removeMembers': defineRoute({
    ...edit,
    method: 'POST',
    path: `${E}/segments/:key/members/remove`,
    summary: 'Takes units out',
    body: { userIds, reason },
  }),
  'segments.delete': defineRoute({
    method: 'DELETE',
    path: `${E}/segments/:key`,
    permission: 'segments.write',
    matchesRevision: true,
    summary: 'Deletes a segment that nothing uses',
    query: { reason },
    answers: { 204: null },
  }),
} as const;
