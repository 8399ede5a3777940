/** What the server says of itself. */
import { openApiDocument } from '@sluice/protocol';
import type { FastifyInstance } from 'fastify';
import type { Admit } from './authentication.ts';
import { type ServedStore, servedAsOf } from './break-glass/served-store.ts';
import type { Lifecycle } from './lifecycle.ts';
import { registerRoute } from './registration.ts';
import type { ServerMetrics } from './server-metrics.ts';

export interface SystemParts {
  readonly admit: Admit;
  readonly lifecycle: Lifecycle;
  readonly metrics: ServerMetrics;
  readonly version: string;
  readonly store: ServedStore;
}

export function registerSystemRoutes(app: FastifyInstance, parts: SystemParts): void {
  const { admit, lifecycle, metrics, version, store } = parts;
  registerRoute(app, 'system.health', admit, (_request, reply) => reply.send({ status: 'ok' }));
  registerRoute(app, 'system.ready', admit, (_request, reply) => {
    const asOf = servedAsOf(store);
    if (lifecycle.isReady && asOf === null) return reply.send({ status: 'ok' });
    // Whoever has values evaluated is served as well as before: to send them away would be the outage.
    if (lifecycle.isReady && asOf !== null)
      return reply.send({ status: 'degraded', reason: 'the store does not answer, and the log says why', asOf });
    // Anybody may ask, so where the store is stands in the log alone.
    const cause = lifecycle.problem === null ? '' : ': the store cannot be used, and the log says why';
    const reason = lifecycle.isClosing ? 'it is shutting down' : `its records are not loaded yet${cause}`;
    return reply.code(503).send({ status: 'unavailable', reason });
  });
  // A third of a start's work, and most servers are never asked.
  let document: string | null = null;
  registerRoute(app, 'system.openapi', admit, (_request, reply) => {
    document ??= JSON.stringify(openApiDocument(version));
    return reply.type('application/json').send(document);
  });
  registerRoute(app, 'system.metrics', admit, async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.text()),
  );
}
