/** What the server says of itself. The public ones are the only routes that need no caller. */
import { z } from 'zod';
import { defineRoute } from './route.ts';
import { objectOf } from './schema-parts.ts';

const status = z.object({
  status: z.enum(['ok', 'degraded', 'unavailable']),
  reason: z.string().optional(),
  asOf: z.string().optional().describe('Of what is served while the store does not answer: when it last did'),
});

export const SYSTEM_ROUTES = {
  'system.health': defineRoute({
    method: 'GET',
    path: '/healthz',
    permission: 'public',
    ignoresQuery: true,
    summary: 'Whether the process lives',
    answers: { 200: status },
  }),
  'system.ready': defineRoute({
    method: 'GET',
    path: '/readyz',
    permission: 'public',
    ignoresQuery: true,
    summary: 'Whether it is to be asked: it has its records and is not shutting down. Degraded while the store does not answer',
    answers: { 200: status, 503: status },
  }),
  'system.openapi': defineRoute({
    method: 'GET',
    path: '/api/openapi.json',
    permission: 'public',
    summary: 'This document',
    answers: { 200: objectOf<{ readonly openapi: string }>('OpenAPI 3.1') },
  }),
  'system.metrics': defineRoute({
    method: 'GET',
    path: '/metrics',
    permission: 'operations.read',
    summary: 'Figures for Prometheus, as its text format',
    medium: 'text',
    answers: { 200: z.string() },
  }),
} as const;
