/** Metrics and exposures over HTTP. */
import { actorOf } from '@sluice/core';
import type { HandlersOf } from './handler.ts';

export const METRIC_HANDLERS: HandlersOf<'metrics'> = {
  'metrics.addFacts': async ({ sluice, scope, body, principal }) => {
    const { instanceId, seq, tallies, units, observations } = body;
    await sluice.flags.runtime.store.addFacts({
      // Two callers that take the same id must not shut out each other's batches.
      instanceId: `${actorOf(principal)}/${instanceId}`,
      seq,
      scope,
      tallies: tallies.map(({ subject, tally }) => ({ scope, subject, tally })),
      units: units as never,
      observations,
    });
    return undefined;
  },
  'metrics.observe': ({ sluice, body }) => {
    let refused = 0;
    for (const { kind, metric, value, flag, variant, unit, test } of body.observations) {
      if (test === undefined && kind === 'count') sluice.metrics.count(metric, { flag, variant, unit }, value);
      else if (test === undefined) sluice.metrics.observe(metric, value, { flag, variant, unit });
      else if (!sluice.abTests.recordMetric(test, variant ?? '', metric, value, unit === undefined ? {} : { userId: unit }))
        refused += 1;
    }
    return { taken: body.observations.length - refused, refused };
  },
};
