/** Pages of any origin may ask: what browsers are told of it. */
import { SERVED_AS_OF } from '../break-glass/served-store.ts';

/** A browser sends no header of ours unless it is allowed, and shows a page none that is not exposed. */
export const CORS = {
  origin: '*',
  methods: ['GET', 'POST', 'OPTIONS'],
  allowedHeaders: ['Content-Type', 'Authorization', 'X-API-Key', 'If-None-Match', 'Last-Event-ID', 'Cache-Control'],
  exposedHeaders: ['ETag', 'Retry-After', SERVED_AS_OF],
  maxAge: 600,
};

/** Who may embed an answer, in place of what every other answer says. */
export const EMBEDDED_BY = { 'cross-origin-resource-policy': 'cross-origin' };
