import type { ServerResponse } from 'node:http';
import type { Measurement } from '@sluice/core';
import { afterEach, describe, expect, it } from 'vitest';
import { manualClock } from '../clock/manual-clock.ts';
import { type AnsweringServer, type Asked, answeringServer, send } from './answering-server.testing.ts';
import type { MetricSource } from './metric-source.ts';
import { prometheusSource } from './prometheus-source.ts';

const NOW = 1_700_000_060_000;
const RANGE = { flag: 'checkout', variant: 'on', from: NOW - 60_000, to: NOW };
const QUERY = { value: 'value[$window]', samples: 'samples' };
const ERROR_RATE = { kind: 'errorRate' } as const;

const servers: AnsweringServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function serverOf(answer: (response: ServerResponse, asked: Asked) => void): Promise<AnsweringServer> {
  const server = await answeringServer(answer);
  servers.push(server);
  return server;
}

function sourceAt(url: string, query: object = {}): MetricSource {
  return prometheusSource({ url, queries: { errorRate: { ...QUERY, ...query } }, clock: manualClock(NOW) });
}

const success = (data: unknown, more: object = {}) => ({ status: 'success', data, ...more });
const sample = (value: unknown) => ({ metric: {}, value: [NOW / 1000, value] });
const vector = (...values: string[]) => success({ resultType: 'vector', result: values.map(sample) });

/** What the source says when the query for the value is answered so, and there were 120 samples. */
async function measuredOf(body: unknown, status = 200): Promise<Measurement> {
  const { url } = await serverOf((response, { form }) => {
    if (form.get('query') === 'samples') send(response, vector('120.7'));
    else send(response, body, status);
  });
  return sourceAt(url).measure(ERROR_RATE, RANGE);
}

describe('a Prometheus source, on a server that speaks the protocol', () => {
  it('answers the one number of a vector or a scalar, and how many samples are behind it', async () => {
    const value = { kind: 'value', value: 0.025, samples: 120, at: NOW };
    expect(await measuredOf(vector('0.025'))).toEqual(value);
    expect(await measuredOf(success({ resultType: 'scalar', result: [NOW / 1000, '2.5e-02'] }))).toEqual(value);
    expect(await measuredOf({ ...vector('0.025'), infos: ['a metric might not be a counter'] })).toEqual(value);
  });

  it('asks both queries at the instant of the look, by a form, with names that cannot leave their quotes', async () => {
    const server = await serverOf((response) => send(response, vector('1')));
    const source = prometheusSource({
      url: `${server.url}/prefix/`,
      headers: { authorization: 'Bearer x' },
      queries: { p95: { value: 'v{f=$flag,v=$variant}[$window]', samples: 'n[$window]', newestAt: 'newest' } },
      clock: manualClock(NOW),
    });
    const quantile = { kind: 'quantile', metric: 'latency', q: 0.95 } as const;
    await source.measure(quantile, { ...RANGE, variant: 'o"n\\', from: NOW - 59_500 });
    expect(server.asked.map(({ form }) => form.get('query'))).toEqual(['v{f="checkout",v="o\\"n\\\\"}[59s]', 'n[59s]', 'newest']);
    for (const { method, path, form, headers } of server.asked) {
      expect({ method, path, time: form.get('time'), timeout: form.get('timeout'), auth: headers.authorization }).toEqual({
        method: 'POST',
        path: '/prefix/api/v1/query',
        time: '1700000060.000',
        timeout: '10000ms',
        auth: 'Bearer x',
      });
    }
  });

  it('says no data where there is no series, nothing over nothing, or no sample count', async () => {
    expect(await measuredOf(vector())).toEqual({ kind: 'noData', at: null });
    expect(await measuredOf(vector('NaN'))).toEqual({ kind: 'noData', at: null });
    const { url } = await serverOf((response, { form }) =>
      send(response, form.get('query') === 'samples' ? vector() : vector('0')),
    );
    expect(await sourceAt(url).measure(ERROR_RATE, RANGE)).toEqual({ kind: 'noData', at: null });
  });

  it('remembers when it last had an answer, so that one gap is not a minute of silence', async () => {
    const answers = [vector('0'), vector('120'), vector()];
    const { url } = await serverOf((response) => send(response, answers.shift()));
    const source = sourceAt(url);
    await source.measure(ERROR_RATE, RANGE);
    expect(await source.measure(ERROR_RATE, { ...RANGE, to: NOW + 1000 })).toEqual({ kind: 'noData', at: NOW });
  });

  it('tells when the newest sample was taken, where that is asked for', async () => {
    const { url } = await serverOf((response, { form }) =>
      send(response, form.get('query') === 'newest' ? vector('1700000045.5') : vector('1')),
    );
    const measured = await sourceAt(url, { newestAt: 'newest' }).measure(ERROR_RATE, RANGE);
    expect(measured).toMatchObject({ kind: 'value', at: 1_700_000_045_500 });
  });

  const errors: readonly (readonly [string, unknown, number, 'badQuery' | 'provider' | 'noData', string])[] = [
    ['several series', vector('0', '0.5'), 200, 'badQuery', '2 series'],
    ['infinity', vector('+Inf'), 200, 'noData', '+Inf, which says nothing'],
    ['a matrix', success({ resultType: 'matrix', result: [] }), 200, 'badQuery', 'a matrix'],
    ['a string', success({ resultType: 'string', result: [1, '0'] }), 200, 'badQuery', 'a string'],
    [
      'a native histogram',
      success({ resultType: 'vector', result: [{ metric: {}, histogram: [1, {}] }] }),
      200,
      'badQuery',
      'histogram',
    ],
    ['an empty text for a number', vector(''), 200, 'provider', 'not [time, "number"]'],
    ['a number that is none', vector('0x10'), 200, 'provider', 'not [time, "number"]'],
    ['a value that is no text', success({ resultType: 'vector', result: [sample(0)] }), 200, 'provider', 'not [time, "number"]'],
    ['a result without a type', success({}), 200, 'provider', 'no result that is known'],
    ['a partial answer', { ...vector('0'), warnings: ['a store is down'] }, 200, 'provider', 'in part only: a store is down'],
    ['bad_data', { status: 'error', errorType: 'bad_data', error: 'parse error' }, 400, 'badQuery', '400, bad_data: parse error'],
    ['execution', { status: 'error', errorType: 'execution', error: 'many-to-many' }, 422, 'badQuery', 'many-to-many'],
    ['timeout', { status: 'error', errorType: 'timeout', error: 'too slow' }, 503, 'provider', '503, timeout: too slow'],
    ['an error with status 200', { status: 'error', errorType: 'internal', error: 'x' }, 200, 'provider', 'internal'],
    ['success with status 500', vector('0'), 500, 'provider', '500'],
    ['a page of a proxy', '<html>Bad Gateway</html>', 502, 'provider', '502 with something that is not its protocol'],
    ['a page with status 200', '<html>Log in</html>', 200, 'provider', '<html>Log in'],
    ['JSON of something else', { value: 0 }, 200, 'provider', 'not its protocol'],
    ['more than 1 MiB', success({ padding: 'x'.repeat(1_048_576) }), 200, 'provider', 'more than 1048576 bytes'],
  ];
  for (const [what, body, status, cause, message] of errors) {
    it(`makes ${what} an error with the cause ${cause}`, async () => {
      expect(await measuredOf(body, status)).toEqual({ kind: 'error', cause, message: expect.stringContaining(message) });
    });
  }

  it('makes a count below zero, a broken body and a server that is not there errors too', async () => {
    const negative = await serverOf((response, { form }) => send(response, vector(form.get('query') === 'samples' ? '-1' : '0')));
    expect(await sourceAt(negative.url).measure(ERROR_RATE, RANGE)).toMatchObject({ kind: 'error', cause: 'badQuery' });
    const broken = await serverOf((response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"status":', () => response.destroy());
    });
    expect(await sourceAt(broken.url).measure(ERROR_RATE, RANGE)).toMatchObject({ kind: 'error', cause: 'provider' });
    await broken.close();
    const gone = await sourceAt(broken.url).measure(ERROR_RATE, RANGE);
    expect(gone).toEqual({ kind: 'error', cause: 'provider', message: expect.stringContaining('ECONNREFUSED') });
  });

  it('gives up at 10 s by the clock, and asks once at a time for one criterion', async () => {
    let waiting = (): void => {};
    const arrived = new Promise<void>((resolve) => {
      waiting = resolve;
    });
    const server = await serverOf(() => waiting());
    const clock = manualClock(NOW);
    const source = prometheusSource({ url: server.url, queries: { errorRate: QUERY }, clock });
    const first = source.measure(ERROR_RATE, RANGE);
    const second = source.measure(ERROR_RATE, { ...RANGE, to: NOW + 1000 });
    await arrived;
    await clock.advance(10_000);
    const late = { kind: 'error', cause: 'provider', message: `${server.url} gave no answer within 10000 ms` };
    expect([await first, await second]).toEqual([late, late]);
    expect(server.asked).toHaveLength(1);
  });

  it('does not keep two variants waiting for each other', async () => {
    let both = (): void => {};
    const arrived = new Promise<void>((resolve) => {
      both = resolve;
    });
    const server = await serverOf(() => server.mostOpen() === 2 && both());
    const clock = manualClock(NOW);
    const source = prometheusSource({ url: server.url, queries: { errorRate: QUERY }, clock });
    const asked = [source.measure(ERROR_RATE, RANGE), source.measure(ERROR_RATE, { ...RANGE, variant: 'off' })];
    await arrived;
    await clock.advance(10_000);
    expect(await Promise.all(asked)).toHaveLength(2);
  });

  it('says at once what it has no query for, and asks nothing about less than a second', async () => {
    const server = await serverOf((response) => send(response, vector('0')));
    const source = sourceAt(server.url);
    expect(source.measure({ kind: 'mean', metric: 'x' }, RANGE)).toMatchObject({ kind: 'error', cause: 'badQuery' });
    expect(source.measure(ERROR_RATE, { ...RANGE, from: NOW - 999 })).toEqual({ kind: 'noData', at: null });
    expect(server.asked).toHaveLength(0);
  });
});

describe('the events that a Prometheus source counts', () => {
  const counted = async (answers: Record<string, unknown>) => {
    const server = await serverOf((response, { form }) => send(response, answers[form.get('query') ?? '']));
    const source = sourceAt(server.url, { samples: 'all[$window]', events: 'some{le=$variant}[$window] > $slowerThan' });
    const query = { metric: ERROR_RATE, slowerThan: 300 };
    return { answer: await source.countEvents?.(query, RANGE), asked: server.asked };
  };
  const SOME = 'some{le="on"}[60s] > 300';

  it('are whole numbers of both queries at the end of the interval', async () => {
    const { answer, asked } = await counted({ [SOME]: vector('4.2'), 'all[60s]': vector('119.8') });
    expect(answer).toEqual({ kind: 'counts', requests: 120, events: 4 });
    expect(asked.map(({ form }) => form.get('time'))).toEqual(['1700000060.000', '1700000060.000']);
  });

  it('are none where a query has no answer, and an error where they are no counts', async () => {
    expect((await counted({ [SOME]: vector(), 'all[60s]': vector('9') })).answer).toEqual({ kind: 'noData', at: null });
    expect((await counted({ [SOME]: vector('-1'), 'all[60s]': vector('9') })).answer).toMatchObject({
      kind: 'error',
      cause: 'badQuery',
    });
  });

  it('are refused at once without a query for them', async () => {
    const source = sourceAt('http://127.0.0.1:1');
    expect(source.countEvents?.({ metric: ERROR_RATE, slowerThan: null }, RANGE)).toMatchObject({
      cause: 'badQuery',
      message: expect.stringContaining('no query "events" for errorRate'),
    });
    expect(() => prometheusSource({ url: 'http://x', queries: { errorRate: QUERY }, countEveryMs: 10 })).toThrow(
      'countEveryMs must be a finite number of 1000 or more; it is 10',
    );
    expect([source.countEveryMs, sourceAt('http://x').countEveryMs]).toEqual([60_000, 60_000]);
  });
});

describe('the options of a Prometheus source', () => {
  const queries = { errorRate: QUERY };
  // A counter's whole value, and the difference of two, which a restart makes negative.
  const counting = (more: object) => prometheusSource({ url: 'http://localhost', queries: { errorRate: { ...QUERY, ...more } } });
  const bad: readonly (readonly [string, () => unknown])[] = [
    ['/url', () => prometheusSource({ url: 'prometheus:9090', queries })],
    ['/url', () => prometheusSource({ url: 'http://ann:secret@localhost', queries })],
    ['/headers', () => prometheusSource({ url: 'http://localhost', queries, headers: { authorization: 'a\nb' } })],
    ['/queries', () => prometheusSource({ url: 'http://localhost', queries: {} })],
    ['/queries/p12', () => prometheusSource({ url: 'http://localhost', queries: { p12: QUERY } })],
    [
      '/queries/errorRate/samples',
      () => prometheusSource({ url: 'http://localhost', queries: { errorRate: { value: 'x', samples: ' ' } } }),
    ],
    ['/queries/errorRate/samples', () => counting({ samples: 'sum(x)', events: 'y[$window]' })],
    ['/queries/errorRate/events', () => counting({ samples: 'x[$window]', events: 'y - y offset 1m' })],
  ];
  for (const [path, make] of bad) {
    it(`are refused with their place, as at ${path}`, () => {
      expect(make).toThrow(expect.objectContaining({ code: 'invalid', issues: [expect.objectContaining({ path })] }));
    });
  }

  it('never tell a secret', () => {
    expect(() => prometheusSource({ url: 'http://ann:secret@localhost', queries })).not.toThrow(/secret/);
    expect(() => prometheusSource({ url: 'http://localhost', queries, headers: { authorization: 'secret\nb' } })).not.toThrow(
      /secret/,
    );
  });
});
