import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSluice, httpJsonSource, manualClock, memoryStore, prometheusSource } from 'sluice';
import { afterEach, expect, it } from 'vitest';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Speaks the part of Prometheus' protocol that is needed here, and serves the same figures as plain JSON. */
async function monitoring(figures: { errorRate: number; requests: number }): Promise<string> {
  const server = createServer(async (request, response) => {
    let form = '';
    for await (const chunk of request) form += String(chunk);
    const asked = new URLSearchParams(form);
    const isRate = asked.get('query')?.includes('errors_total') === true;
    const value = [Number(asked.get('time')), String(isRate ? figures.errorRate : figures.requests)];
    const answer =
      request.method === 'POST'
        ? { status: 'success', data: { resultType: 'vector', result: [{ metric: {}, value }] } }
        : { quality: { score: 0.9, samples: figures.requests } };
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
  const figures = { errorRate: 0.01, requests: 500 };
  const PROMETHEUS = await monitoring(figures);
  const QUALITY = PROMETHEUS;
  const { rollouts, clock } = await start();
  // #region metric-sources
  const requests = 'sum(increase(http_requests_total{flag=$flag, variant=$variant}[$window]))';
  const errors = 'sum(increase(http_errors_total{flag=$flag, variant=$variant}[$window])) or vector(0)';
  rollouts.addMetricSource(
    'prometheus',
    prometheusSource({ url: PROMETHEUS, queries: { errorRate: { value: `(${errors}) / ${requests}`, samples: requests } } }),
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
      { metric: 'errorRate', max: 0.05, source: 'prometheus' },
      { metric: 'mean(relevance)', min: 0.8, source: 'quality' },
    ],
  });
  // #endregion
  await clock.advance(5000);
  expect(rollouts.getRolloutStatus('new_search')).toMatchObject({
    phase: 'baking',
    verdicts: [{ verdict: 'pass' }, { verdict: 'pass' }],
  });
  figures.errorRate = 0.2;
  await clock.advance(5000);
  expect(rollouts.getRolloutStatus('new_search')).toMatchObject({
    phase: 'failed',
    currentPercentage: 0,
    error: 'errorRate is 0.2 over 500 samples, above 0.05',
  });
});

it('holds while Prometheus is away', async () => {
  const address = await monitoring({ errorRate: 0, requests: 500 });
  const { rollouts, clock } = await start();
  const queries = { errorRate: { value: 'errors_total', samples: 'requests' } };
  rollouts.addMetricSource('prometheus', prometheusSource({ url: address, queries }));
  await rollouts.startRollout('new_search', {
    strategy: 'canary',
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
