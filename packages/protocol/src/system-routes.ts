/** What the server says of itself. The public ones are the only routes that need no caller. */
import { z } from 'zod';
import { defineRoute } from './route.ts';
import { objectOf } from './schema-parts.ts';

const status = z.object({ status: z.enum(['ok', 'unavailable']), reason: z.string().optional() });

export const SYSTEM_ROUTES = {
  'system.health': defineRoute({
    method: 'GET',
    path: '/healthz',
    permission: 'public',
    summary: 'Whether the process lives',
    answers: { 200: status },
  }),
  'system.ready': defineRoute({
    method: 'GET',
    path: '/readyz',
    permission: 'public',
    summary: 'Whether it has its records and is not shutting down',
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
