/** Metrics and exposures over HTTP. */
import { actorOf } from '@sluice/core';
import type { BodyOf } from '@sluice/protocol';
import {
  type IngestedBatch,
  type IngestedExposure,
  type IngestedSample,
  type IngestedTestValue,
  ingestedMetricsOf,
  knownFactsOf,
  type MutationOptions,
  type RefusedSample,
  SENDER_REMEMBERED_MS,
  type Sluice,
  SluiceError,
} from 'sluice';
import { HttpProblem, invalid } from '../http-problem.ts';
import type { HandlersOf } from './handler.ts';

type Receipt = NonNullable<MutationOptions['request']>;

export const METRIC_HANDLERS: HandlersOf<'metrics'> = {
  'metrics.addFacts': async ({ sluice, scope, body, principal }) => {
    const { instanceId, seq, tallies, units, observations } = body;
    const { store, clock } = sluice.flags.runtime;
    const kept = await knownFactsOf(sluice.flags.runtime, { tallies, units: units as never, observations });
    await store.addFacts({
      // Two callers that take the same id must not shut out each other's batches.
      instanceId: `${actorOf(principal)}/${instanceId}`,
      seq,
      scope,
      tallies: kept.tallies.map(({ subject, tally }) => ({ scope, subject, tally })),
      units: kept.units,
      observations: kept.observations,
      rememberUntil: clock.now() + SENDER_REMEMBERED_MS,
    });
    return { taken: kept.tallies.length + kept.units.length + kept.observations.length, refused: [...kept.refused] };
  },
  'metrics.observe': async ({ sluice, body, by, principal }) => {
    const { observations, exposures, hasTallies, sentAt } = body;
    if (principal.kind === 'token' && principal.tokenKind === 'client') refuseUnits(body);
    const sender = senderOf(body.sender, by.request, actorOf(principal));
    if (sender === undefined && exposures.length > 0)
      throw invalid('exposures are sent in a batch that counts once', [
        { path: '/sender', message: 'must be given with exposures, or an idempotency key' },
      ]);
    const samples = observations.flatMap((given, index) => (given.test === undefined ? [{ given, index }] : []));
    const values = observations.flatMap((given, index) => (given.test === undefined ? [] : [{ given, index }]));
    const batch = { samples: samples.map(({ given }) => sampleOf(given)), ...(sentAt === undefined ? {} : { sentAt }) };
    const placed = (of: readonly Placed[], { index, message }: RefusedSample): Refused => ({
      path: `/observations/${of[index]?.index}`,
      message,
    });
    const ingested = ingestedMetricsOf(sluice.flags);
    if (sender !== undefined) {
      const told = values.map(({ given }) => testValueOf(given));
      const whom = exposures.map(exposureOf);
      const { taken, ...not } = await ingested.report({ ...batch, sender, exposures: whom, values: told, hasTallies });
      const left = [
        ...not.refused.map((refused) => placed(samples, refused)),
        ...not.refusedValues.map((refused) => placed(values, refused)),
        ...not.refusedExposures.map(({ index, ...told }) => ({ path: `/exposures/${index}`, ...told })),
      ];
      return { taken, refused: left };
    }
    const taken = await ingested.ingest(batch);
    const late = taken.refused.map((refused) => placed(samples, refused));
    const unfit = values.flatMap(({ given, index }) => {
      const message = problemOf(sluice, given);
      return message === null ? [] : [{ path: `/observations/${index}`, message }];
    });
    return { taken: taken.taken + values.length - unfit.length, refused: [...late, ...unfit] };
  },
};

/** Whoever reads a page has its token, and could put anybody in any arm. @throws HttpProblem 403 */
function refuseUnits({ observations, exposures }: BodyOf<'metrics.observe'>): void {
  const message = 'a client token speaks of no unit and no test here: POST /ofrep/v1/reports takes both, and draws by itself';
  const issues = [
    ...exposures.map((_, index) => ({ path: `/exposures/${index}`, message })),
    ...observations.flatMap(({ unit, test }, index) =>
      unit === undefined && test === undefined ? [] : [{ path: `/observations/${index}`, message }],
    ),
  ];
  if (issues.length > 0) throw new HttpProblem(403, new SluiceError('unauthorized', message, { issues }));
}

type Observation = BodyOf<'metrics.observe'>['observations'][number];
type Exposure = BodyOf<'metrics.observe'>['exposures'][number];
type Placed = { readonly given: Observation; readonly index: number };
type Refused = { readonly path: string; readonly message: string };

/** An idempotency key stands for a sender of one batch. */
function senderOf(
  given: BodyOf<'metrics.observe'>['sender'],
  request: Receipt | undefined,
  actor: string,
): IngestedBatch['sender'] {
  // Two callers that take the same id must not shut out each other's batches.
  if (given !== undefined) return { instanceId: `${actor}/${given.instanceId}`, seq: given.seq };
  return request === undefined
    ? undefined
    : { instanceId: `request/${request.id}/${request.fingerprint}`, seq: 1, isOneRequest: true };
}

function sampleOf({ kind, metric: name, value, flag = '', variant = '', unit, at }: Observation): IngestedSample {
  return { kind, name, value, flag, variant, ...(unit === undefined ? {} : { unit }), ...(at === undefined ? {} : { at }) };
}

function testValueOf({ test = '', variant = '', metric, value, unit, at }: Observation): IngestedTestValue {
  return { test, variant, metric, value, ...(unit === undefined ? {} : { unit }), ...(at === undefined ? {} : { at }) };
}

function exposureOf({ at, dimensions, ...exposure }: Exposure): IngestedExposure {
  return { ...exposure, ...(at === undefined ? {} : { at }), ...(dimensions === undefined ? {} : { dimensions }) };
}

/** Null when the test has taken the value. */
function problemOf({ abTests }: Sluice, { test = '', variant = '', metric, value, unit }: Observation): string | null {
  return abTests.takeMetric(test, variant, metric, value, unit === undefined ? {} : { userId: unit });
}
