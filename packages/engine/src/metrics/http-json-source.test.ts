import type { Measurement } from '@sluice/core';
import { afterEach, describe, expect, it } from 'vitest';
import { manualClock } from '../clock/manual-clock.ts';
import { type AnsweringServer, answeringServer, send } from './answering-server.testing.ts';
import { type HttpJsonSourceOptions, httpJsonSource } from './http-json-source.ts';

const NOW = 1_700_000_060_000;
const RANGE = { flag: 'checkout', variant: 'on/1', from: NOW - 60_000, to: NOW };
const ERROR_RATE = { kind: 'errorRate' } as const;
const POINTERS = { pointer: '/data/a~1b', samples: '/data/n' };

const servers: AnsweringServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function measuredOf(body: unknown, status = 200, options: Partial<HttpJsonSourceOptions> = {}): Promise<Measurement> {
  const server = await answeringServer((response) => send(response, body, status));
  servers.push(server);
  return httpJsonSource({ url: server.url, ...POINTERS, clock: manualClock(NOW), ...options }).measure(ERROR_RATE, RANGE);
}

describe('an HTTP JSON source', () => {
  it('answers the number at its pointer, how many samples are behind it, and how new they are', async () => {
    const body = { data: { 'a/b': 0.02, n: 50.9, at: NOW - 5000 } };
    expect(await measuredOf(body)).toEqual({ kind: 'value', value: 0.02, samples: 50, at: NOW });
    expect(await measuredOf(body, 200, { newestAt: '/data/at' })).toMatchObject({ at: NOW - 5000 });
    expect(await measuredOf({ data: { 'a/b': 0, n: 1, at: NOW + 5000 } }, 200, { newestAt: '/data/at' })).toMatchObject({
      at: NOW,
    });
    expect(await measuredOf([0.5, 9], 200, { pointer: '/0', samples: '/1' })).toMatchObject({ value: 0.5, samples: 9 });
  });

  it('fills what is asked for into the path and the query, where no name can become more than a text', async () => {
    const server = await answeringServer((response) => send(response, { data: { 'a/b': 0, n: 1 } }));
    servers.push(server);
    const url = `${server.url}/{flag}/{variant}?m={metric}&from={from}&to={to}`;
    const source = httpJsonSource({ url, ...POINTERS, headers: { 'x-key': 'k' }, clock: manualClock(NOW) });
    await source.measure({ kind: 'quantile', metric: 'a&b', q: 0.999 }, RANGE);
    expect(server.asked[0]).toMatchObject({
      method: 'GET',
      path: `/checkout/on%2F1?m=p999(a%26b)&from=${NOW - 60_000}&to=${NOW}`,
      headers: { 'x-key': 'k', accept: 'application/json' },
    });
  });

  it('says no data for null and for an empty answer', async () => {
    expect(await measuredOf({ data: { 'a/b': null, n: 0 } })).toEqual({ kind: 'noData', at: null });
    const server = await answeringServer((response) => response.writeHead(204).end());
    servers.push(server);
    expect(await httpJsonSource({ url: server.url, ...POINTERS }).measure(ERROR_RATE, RANGE)).toEqual({
      kind: 'noData',
      at: null,
    });
  });

  const errors: readonly (readonly [string, unknown, number, 'badQuery' | 'provider' | 'noData', string])[] = [
    ['nothing at the pointer', { data: { n: 1 } }, 200, 'badQuery', 'stands nothing'],
    ['a text at the pointer', { data: { 'a/b': '0', n: 1 } }, 200, 'badQuery', 'a string, not a number'],
    ['no number of samples', { data: { 'a/b': 0 } }, 200, 'badQuery', '"/data/n"'],
    ['a count below zero', { data: { 'a/b': 0, n: -1 } }, 200, 'badQuery', 'not negative'],
    ['a number beyond all', '{"data":{"a/b":1e999,"n":1}}', 200, 'noData', 'says nothing'],
    ['what is not JSON', '<html>', 200, 'provider', 'not JSON: <html>'],
    ['status 400', { message: 'no such metric' }, 400, 'badQuery', '400: {"message":"no such metric"}'],
    ['status 404', 'gone', 404, 'provider', '404: gone'],
    ['status 503', { data: { 'a/b': 0, n: 1 } }, 503, 'provider', '503'],
    ['more than 1 MiB', 'x'.repeat(1_048_577), 200, 'provider', 'more than 1048576 bytes'],
  ];
  for (const [what, body, status, cause, message] of errors) {
    it(`makes ${what} an error with the cause ${cause}`, async () => {
      expect(await measuredOf(body, status)).toEqual({ kind: 'error', cause, message: expect.stringContaining(message) });
    });
  }

  it('counts events among the samples for a comparison, and refuses at once where it has no pointer to them', async () => {
    const server = await answeringServer((response, { path }) =>
      send(response, path.includes('?over=300') ? { data: { n: 50.2, slow: 3 } } : { data: { n: 5, slow: null } }),
    );
    servers.push(server);
    const source = httpJsonSource({ url: `${server.url}/x?over={slowerThan}`, ...POINTERS, events: '/data/slow' });
    const quantile = { kind: 'quantile', metric: 'latency', q: 0.95 } as const;
    expect(await source.countEvents?.({ metric: quantile, slowerThan: 300 }, RANGE)).toEqual({
      kind: 'counts',
      requests: 50,
      events: 3,
    });
    expect(await source.countEvents?.({ metric: ERROR_RATE, slowerThan: null }, RANGE)).toEqual({ kind: 'noData', at: null });
    const figures = httpJsonSource({ url: server.url, ...POINTERS });
    expect(figures.countEvents?.({ metric: ERROR_RATE, slowerThan: null }, RANGE)).toMatchObject({
      cause: 'badQuery',
      message: expect.stringContaining('no pointer "events"'),
    });
  });

  it('finds neither what every object has nor the length of a list', async () => {
    const nothing = { kind: 'error', cause: 'badQuery', message: expect.stringContaining('stands nothing') };
    expect(await measuredOf({ n: 1 }, 200, { pointer: '/constructor', samples: '/n' })).toEqual(nothing);
    expect(await measuredOf({ list: [], n: 1 }, 200, { pointer: '/list/length', samples: '/n' })).toEqual(nothing);
  });

  it('takes a body of exactly 1 MiB', async () => {
    const body = JSON.stringify({ data: { 'a/b': 0, n: 1 } }).padEnd(1_048_576);
    expect(await measuredOf(body)).toMatchObject({ kind: 'value' });
  });

  const bad: readonly (readonly [string, Partial<HttpJsonSourceOptions>])[] = [
    ['/url', { url: 'file:///etc/passwd' }],
    ['/url', { url: 'http://{variant}.example/x' }],
    ['/pointer', { pointer: 'data' }],
    ['/samples', { samples: '/a~2' }],
    ['/newestAt', { newestAt: 'x' }],
  ];
  for (const [path, options] of bad) {
    it(`refuses options that are none, as at ${path}: ${JSON.stringify(options)}`, () => {
      const make = () => httpJsonSource({ url: 'http://localhost', ...POINTERS, ...options });
      expect(make).toThrow(expect.objectContaining({ code: 'invalid', issues: [expect.objectContaining({ path })] }));
    });
  }
});
