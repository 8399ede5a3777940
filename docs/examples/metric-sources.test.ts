import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSluice, httpJsonSource, IngestedMetrics, manualClock, memoryStore, prometheusSource } from 'sluice';
import { afterEach, expect, it } from 'vitest';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

interface Figures {
  /** Of a minute, by variant. */
  errors: Record<string, number>;
  requests: Record<string, number>;
}

/** Speaks the part of Prometheus' protocol that is needed here, and serves the same figures as plain JSON. */
async function monitoring(figures: Figures): Promise<string> {
  const server = createServer(async (request, response) => {
    let form = '';
    for await (const chunk of request) form += String(chunk);
    const asked = new URLSearchParams(form);
    const query = asked.get('query') ?? '';
    const variant = query.includes('variant="on"') ? 'on' : 'off';
    const [errors, requests] = [figures.errors[variant] ?? 0, figures.requests[variant] ?? 0];
    const figure = query.includes(' / ') ? errors / requests : query.includes('errors_total') ? errors : requests;
    const value = [Number(asked.get('time')), String(figure)];
    const answer =
      request.method === 'POST'
        ? { status: 'success', data: { resultType: 'vector', result: [{ metric: {}, value }] } }
        : { quality: { score: 0.9, samples: figures.requests.on } };
    response.end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function start() {
  const clock = manualClock(1_700_000_000_000);
  const sluice = createSluice({ store: memoryStore(), clock });
  await sluice.flags.setFlag('new_search', { enabled: true, rolloutPercentage: 0 });
  return { ...sluice, clock };
}

it('a change is judged by what Prometheus and a JSON endpoint measure', async () => {
  const figures = { errors: { on: 5, off: 495 }, requests: { on: 500, off: 49_500 } };
  const PROMETHEUS = await monitoring(figures);
  const QUALITY = PROMETHEUS;
  const { rollouts, clock } = await start();
  // #region metric-sources
  const requests = 'sum(increase(http_requests_total{flag=$flag, variant=$variant}[$window]))';
  const errors = '(sum(increase(http_errors_total{flag=$flag, variant=$variant}[$window])) or vector(0))';
  rollouts.addMetricSource(
    'prometheus',
    prometheusSource({
      url: PROMETHEUS,
      queries: { errorRate: { value: `${errors} / ${requests}`, samples: requests, events: errors } },
    }),
  );
  rollouts.addMetricSource(
    'quality',
    httpJsonSource({
      url: `${QUALITY}/metrics/{metric}?variant={variant}&from={from}&to={to}`,
      pointer: '/quality/score',
      samples: '/quality/samples',
    }),
  );
  await rollouts.startRollout('new_search', {
    strategy: 'canary',
    criteria: [
      { metric: 'errorRate', versusControl: 1.2, source: 'prometheus' },
      { metric: 'mean(relevance)', min: 0.8, source: 'quality' },
    ],
  });
  // #endregion
  await clock.advance(150_000);
  expect(rollouts.getRolloutStatus('new_search')).toMatchObject({
    phase: 'baking',
    verdicts: [{ verdict: 'pass', comparedBy: 'requests' }, { verdict: 'pass' }],
  });
  figures.errors.on = 100;
  await clock.advance(60_000);
  expect(rollouts.getRolloutStatus('new_search')).toMatchObject({
    phase: 'failed',
    currentPercentage: 0,
    error: expect.stringMatching(/^raw requests, not units: \d+ of \d+ met an error on the change and \d+ of \d+ beside it/),
  });
});

it('holds while Prometheus is away', async () => {
  const address = await monitoring({ errors: {}, requests: { on: 500, off: 500 } });
  const { rollouts, clock } = await start();
  const queries = { errorRate: { value: 'errors_total', samples: 'requests' } };
  rollouts.addMetricSource('prometheus', prometheusSource({ url: address, queries }));
  await rollouts.startRollout('new_search', {
    strategy: 'canary',
    // A bound, because these queries count no events that could be compared; while nothing is measured it is not asked either.
    criteria: [{ metric: 'errorRate', max: 0.05, source: 'prometheus' }],
  });
  await clock.advance(3000);
  for (const close of closing.splice(0)) close();
  await clock.advance(3000);
  expect(rollouts.getRolloutStatus('new_search')).toMatchObject({
    phase: 'held',
    state: { reason: 'provider' },
    currentPercentage: 1,
  });
});

it('is measured by what another process took in', async () => {
  const [clock, store] = [manualClock(1_750_000_000_000), memoryStore()];
  const [sluice, other] = [createSluice({ store, clock }), createSluice({ store, clock })];
  await sluice.flags.setFlag('new_search', { enabled: true, rolloutPercentage: 0 });
  const batch = { instanceId: 'web-1', seq: 1, sentAt: clock.now() };
  // #region ingest
  const metrics = new IngestedMetrics(sluice.flags);
  sluice.rollouts.addMetricSource('collector', metrics);
  const { taken, refused } = await metrics.ingest({
    sentAt: batch.sentAt,
    sender: { instanceId: batch.instanceId, seq: batch.seq },
    samples: [
      { kind: 'count', name: 'requests', value: 120, flag: 'new_search', variant: 'on', at: batch.sentAt - 900 },
      { kind: 'count', name: 'errors', value: 1, flag: 'new_search', variant: 'on', unit: 'user-17', at: batch.sentAt - 400 },
    ],
  });
  // #endregion
  expect({ taken, refused }).toEqual({ taken: 2, refused: [] });
  const range = { flag: 'new_search', variant: 'on', from: clock.now() - 60_000, to: clock.now() };
  const measured = await new IngestedMetrics(other.flags).measure({ kind: 'errorRate' }, range);
  expect(measured).toMatchObject({ kind: 'value', value: 1 / 120, samples: 120 });
});
