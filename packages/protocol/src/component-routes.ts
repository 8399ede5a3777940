/** Components: the registry of versions, and moving everybody to one. */
import { z } from 'zod';
import { defineRoute } from './route.ts';
import { count, instant, percentage, reason } from './schema-parts.ts';

const E = '/api/v1/projects/:project/environments/:environment';
const version = z
  .object({
    version: z.string(),
    build: z.string().nullable(),
    registeredAt: instant,
    registeredBy: z.string(),
    retiredAt: instant.nullable(),
    servedPercentage: percentage,
    isStable: z.boolean(),
  })
  .meta({ id: 'Version' });
const semantic = z.string().min(1).max(256).describe('A semantic version');

export const COMPONENT_ROUTES = {
  'components.list': defineRoute({
    method: 'GET',
    path: `${E}/components`,
    permission: 'flags.read',
    summary: 'All components with their stable versions',
    answers: {
      200: z.object({ components: z.array(z.object({ name: z.string(), stableVersion: z.string(), versionCount: count })) }),
    },
  }),
  'components.versions': defineRoute({
    method: 'GET',
    path: `${E}/components/:component/versions`,
    permission: 'flags.read',
    summary: 'Versions in order of registration, retired ones included',
    answers: { 200: z.object({ versions: z.array(version) }) },
  }),
  'components.register': defineRoute({
    method: 'POST',
    path: `${E}/components/:component/versions`,
    permission: 'components.write',
    summary: 'Adds a version; the first makes the component and serves everybody',
    body: { version: semantic, reason },
    answers: { 201: version },
  }),
  'components.swap': defineRoute({
    method: 'POST',
    path: `${E}/components/:component/swap`,
    permission: 'components.write',
    summary: 'Moves everybody to a version in one commit',
    body: { version: semantic, reason },
    answers: {
      200: z.object({
        component: z.string(),
        from: z.string(),
        to: z.string(),
        changed: z.boolean(),
        drained: z.boolean(),
        durationMs: z.number(),
      }),
    },
  }),
  'components.retire': defineRoute({
    method: 'POST',
    path: `${E}/components/:component/versions/:version/retire`,
    permission: 'components.write',
    summary: 'Takes a version out of use for good',
    body: { reason },
    answers: { 204: null },
  }),
} as const;
