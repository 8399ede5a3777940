/** What an SDK that evaluates by itself is given: the definitions of an environment, once, as they change, and the members of large segments. */
import { z } from 'zod';
import { defineRoute } from './route.ts';
import { objectOf } from './schema-parts.ts';

const ENVIRONMENT = '/api/v1/projects/:project/environments/:environment';
const query = {
  after: z
    .string()
    .regex(/^\d{1,15}$/)
    .optional()
    .describe('1 to 15 digits: the place in the log up to which everything is known'),
};
const snapshot = objectOf<{ readonly seq: number }>('The flags and segments of the environment, with the place in the log');
const events = z.string().describe('Server-sent events: snapshot, delta, emergencies, resync');
const bytes = z.string().describe('Hashes of 8 bytes each');

const stream = { method: 'GET', permission: 'snapshot.read', query, medium: 'events', answers: { 200: events } } as const;
const once = { method: 'GET', permission: 'snapshot.read', answers: { 200: snapshot, 304: null } } as const;
const set = { method: 'GET', permission: 'snapshot.read', medium: 'bytes', answers: { 200: bytes, 304: null } } as const;

export const DEFINITION_ROUTES = {
  'definitions.ownStream': defineRoute({
    ...stream,
    path: '/api/v1/stream',
    reach: 'token',
    summary: "The definitions of the token's environment as they change; goes on where `Last-Event-ID` or `after` says",
  }),
  'definitions.ownSnapshot': defineRoute({
    ...once,
    path: '/api/v1/snapshot',
    reach: 'token',
    summary: "The definitions of the token's environment as they are now, with a strong ETag",
  }),
  'definitions.ownMembers': defineRoute({
    ...set,
    path: '/api/v1/member-sets/:set',
    reach: 'token',
    summary: 'The members of a large segment, as the snapshot names them; never changes',
  }),
  'definitions.stream': defineRoute({
    ...stream,
    path: `${ENVIRONMENT}/stream`,
    summary: 'The definitions of an environment as they change',
  }),
  'definitions.snapshot': defineRoute({
    ...once,
    path: `${ENVIRONMENT}/snapshot`,
    summary: 'The definitions of an environment as they are now, with a strong ETag',
  }),
  'definitions.members': defineRoute({
    ...set,
    path: `${ENVIRONMENT}/member-sets/:set`,
    summary: 'The members of a large segment of an environment',
  }),
} as const;
