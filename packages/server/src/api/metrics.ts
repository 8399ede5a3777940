/** Metrics and exposures over HTTP. */
import { actorOf } from '@sluice/core';
import type { BodyOf } from '@sluice/protocol';
import { type IngestedBatch, type IngestedSample, ingestedMetricsOf, type MutationOptions, type Sluice } from 'sluice';
import { invalid } from '../http-problem.ts';
import type { HandlersOf } from './handler.ts';

/** How long a repeated batch of an SDK is known as one after its last: so long may it wait for a server that is away. */
const SDK_REMEMBERED_MS = 7 * 86_400_000;

type Receipt = NonNullable<MutationOptions['request']>;

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
      rememberUntil: sluice.flags.runtime.clock.now() + SDK_REMEMBERED_MS,
    });
    return undefined;
  },
  'metrics.observe': async ({ sluice, body, by, principal }) => {
    const { observations, sentAt } = body;
    const sender = senderOf(body.sender, by.request, actorOf(principal));
    const samples = observations.flatMap((given, index) => (given.test === undefined ? [{ given, index }] : []));
    const values = observations.flatMap((given, index) => (given.test === undefined ? [] : [{ given, index }]));
    if (sender !== undefined && values.length > 0)
      throw invalid('values of tests cannot be sent in a batch that counts once; send them as facts, or without a sender', [
        {
          path: `/observations/${values[0]?.index}/test`,
          message: 'must not stand in a batch with a sender or an idempotency key',
        },
      ]);
    const taken = await ingestedMetricsOf(sluice.flags).ingest({
      samples: samples.map(({ given }) => sampleOf(given)),
      ...(sentAt === undefined ? {} : { sentAt }),
      ...(sender === undefined ? {} : { sender }),
    });
    const late = taken.refused.map(({ index, message }) => ({ path: `/observations/${samples[index]?.index}`, message }));
    const unfit = values
      .filter(({ given }) => !isRecorded(sluice, given))
      .map(({ index }) => ({
        path: `/observations/${index}`,
        message: 'the test does not take it: it is not running, or has no such variant or metric',
      }));
    return { taken: taken.taken + values.length - unfit.length, refused: [...late, ...unfit] };
  },
};

type Observation = BodyOf<'metrics.observe'>['observations'][number];

/** An idempotency key stands for a sender of one batch. */
function senderOf(
  given: BodyOf<'metrics.observe'>['sender'],
  request: Receipt | undefined,
  actor: string,
): IngestedBatch['sender'] {
  // Two callers that take the same id must not shut out each other's batches.
  if (given !== undefined) return { instanceId: `${actor}/${given.instanceId}`, seq: given.seq };
  return request === undefined ? undefined : { instanceId: `request/${request.id}/${request.fingerprint}`, seq: 1 };
}

function sampleOf({ kind, metric: name, value, flag = '', variant = '', unit, at }: Observation): IngestedSample {
  return { kind, name, value, flag, variant, ...(unit === undefined ? {} : { unit }), ...(at === undefined ? {} : { at }) };
}

function isRecorded({ abTests }: Sluice, { test = '', variant = '', metric, value, unit }: Observation): boolean {
  return abTests.recordMetric(test, variant, metric, value, unit === undefined ? {} : { userId: unit });
}
